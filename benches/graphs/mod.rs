//! Graphs to measure on, made by rule: the same size and seed give the same files.

use std::fs::File;
use std::io::BufWriter;
use std::io::Result;
use std::io::Write;
use std::path::Path;

/// The relations of the lineage, the frequent ones first, and how many of a thousand edges each has.
pub(crate) const RELATIONS: [(&str, u64); 8] = [
    ("forked_as", 500),
    ("succeeded_by", 200),
    ("basis_of", 120),
    ("depends_on", 80),
    ("replaces", 50),
    ("merged_into", 30),
    ("inspired", 15),
    ("renamed_to", 5),
];

/// How many kinds a lineage has; each half as frequent as the one before, and the last ones equal.
pub(crate) const KINDS: u64 = 20;

/// Numbers that look random: SplitMix64 (Steele, Lea, Flood, Fast splittable pseudorandom number
/// generators, OOPSLA 2014).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }
}

/// Writes a lineage: an acyclic graph of `nodes` things, each but the first with one to nine edges
/// from older ones, half of them from among the last thousand. One edge in ten says since when.
///
/// `nodes.csv` has `id,kind,released_on`, `edges.csv` has `from,to,relation,since`.
pub(crate) fn lineage(folder: &Path, nodes: u64, seed: u64) -> Result<()> {
    let mut random = Random(seed);
    let mut things = BufWriter::with_capacity(1 << 20, File::create(folder.join("nodes.csv"))?);
    let mut edges = BufWriter::with_capacity(1 << 20, File::create(folder.join("edges.csv"))?);
    writeln!(things, "id,kind,released_on")?;
    writeln!(edges, "from,to,relation,since")?;
    for node in 0..nodes {
        let kind = (random.next().trailing_zeros() as u64).min(KINDS - 1);
        writeln!(things, "p{node},kind_{kind},{}", date(node, nodes))?;
        if node == 0 {
            continue;
        }
        for _ in 0..1 + random.below(9) {
            let older = match random.below(2) {
                0 => node - 1 - random.below(node.min(1_000)),
                _ => random.below(node),
            };
            write!(edges, "p{older},p{node},{},", relation(&mut random))?;
            match random.below(10) {
                0 => writeln!(edges, "{}", date(node, nodes))?,
                _ => writeln!(edges)?,
            }
        }
    }
    things.flush()?;
    edges.flush()
}

/// Some day between 1980 and 2019, later for later nodes.
fn date(node: u64, nodes: u64) -> String {
    let day = node * (40 * 12 * 28) / nodes;
    let (year, rest) = (1980 + day / (12 * 28), day % (12 * 28));
    format!("{year}-{:02}-{:02}", rest / 28 + 1, rest % 28 + 1)
}

fn relation(random: &mut Random) -> &'static str {
    let mut place = random.below(1_000);
    for (name, share) in RELATIONS {
        if place < share {
            return name;
        }
        place -= share;
    }
    RELATIONS[0].0
}

/// Writes `edges` edges over 2^`scale` nodes whose degrees follow a power law, with the one relation
/// `links` and nothing else: R-MAT with the parameters of Graph500 (Chakrabarti, Zhan, Faloutsos,
/// SDM 2004; <https://graph500.org>). Loops and parallel edges occur.
pub(crate) fn power_law(folder: &Path, scale: u32, edges: u64, seed: u64) -> Result<()> {
    let mut random = Random(seed);
    let mut file = BufWriter::with_capacity(1 << 20, File::create(folder.join("edges.csv"))?);
    writeln!(file, "from,to,relation")?;
    for _ in 0..edges {
        let (mut from, mut to) = (0_u64, 0_u64);
        for _ in 0..scale {
            let (down, right) = match random.below(100) {
                0..57 => (0, 0),
                57..76 => (0, 1),
                76..95 => (1, 0),
                _ => (1, 1),
            };
            from = from * 2 + down;
            to = to * 2 + right;
        }
        writeln!(file, "{from},{to},links")?;
    }
    file.flush()
}

/// How many entities hang together in a graph of blocks.
pub(crate) const BLOCK: u64 = 1_000_000;

/// Writes a graph of so many blocks, each a tree of [`BLOCK`] things along `forked_as`; every thing
/// also `uses` so many others anywhere. Ids are whole numbers; each relation has a file of its own,
/// and `graph.toml` is the mapping.
pub(crate) fn blocks(folder: &Path, blocks: u64, uses: u64, seed: u64) -> Result<()> {
    let nodes = blocks * BLOCK;
    let write = |name: &str, seed: u64, line: &mut dyn FnMut(&mut Random, u64, &mut dyn Write)| {
        let mut random = Random(seed);
        let file = File::create(folder.join(name))?;
        let mut file = BufWriter::with_capacity(1 << 20, file);
        writeln!(file, "from,to")?;
        for node in 0..nodes {
            line(&mut random, node, &mut file);
        }
        file.flush()
    };
    std::fs::write(
        folder.join("graph.toml"),
        "[[edges]]\nfile = \"forks.csv\"\nfrom = \"from\"\nto = \"to\"\n\
         relation = { constant = \"forked_as\" }\n\n\
         [[edges]]\nfile = \"uses.csv\"\nfrom = \"from\"\nto = \"to\"\n\
         relation = { constant = \"uses\" }\n\n\
         [relations.forked_as]\ngroups = [\"lineage\"]\n",
    )?;
    std::thread::scope(|scope| {
        let forks = scope.spawn(|| {
            write("forks.csv", seed, &mut |random, node, file| {
                let place = node % BLOCK;
                if place > 0 {
                    let older = node - place + random.below(place);
                    writeln!(file, "{older},{node}").expect("the file takes a line");
                }
            })
        });
        write("uses.csv", seed + 1, &mut |random, node, file| {
            for _ in 0..uses {
                let used = random.below(nodes);
                writeln!(file, "{node},{used}").expect("the file takes a line");
            }
        })?;
        forks.join().expect("the other file is written")
    })
}
