//! The last but one stage of an import: rows with early numbers to the columns of a snapshot.

use std::sync::Arc;

use crate::diagnostic::Error;
use crate::model::Citation;
use crate::model::Distinct;
use crate::model::Qualifiers;
use crate::model::RelationCounts;
use crate::model::SUBJECT_STEP;
use crate::model::Value;
use crate::model::stable;
use crate::store::import::Watch;
use crate::store::import::detail::Detail;
use crate::store::import::ids::Order;
use crate::store::import::intern::Interner;
use crate::store::import::sort;
use crate::store::import::sort::Buckets;
use crate::store::import::sort::Key;
use crate::store::import::sort::Partition;
use crate::store::import::sort::RowDigits;
use crate::store::import::sort::Sorted;
use crate::store::import::tape::CodeTape;
use crate::store::import::tape::Room;
use crate::store::import::tape::Tape;
use crate::store::import::unsorted;
use crate::store::import::unsorted::Row;
use crate::store::import::unsorted::Unsorted;

/// Statements with early numbers, and what these have become.
pub(super) struct Rows<'a> {
    pub(super) order: &'a Order,
    pub(super) edges: Unsorted,
    pub(super) facts: Unsorted,
    /// Ends of some of the edges, as places.
    pub(super) sample: Vec<(u32, u32)>,
    pub(super) relations: &'a [u16],
    pub(super) properties: &'a [u16],
    /// How many of the relations are none of the properties.
    pub(super) edge_relations: usize,
    pub(super) detail_places: &'a [u32],
    pub(super) details: &'a [Detail],
    pub(super) values: &'a Interner,
    /// Whether equal statements are one.
    pub(super) drops_repeated: bool,
}

/// With fewer rows a second thread is not worth its start.
const SPLIT_ROWS: u64 = 1 << 16;

/// How many rows are put into columns together.
const TOGETHER: usize = 1 << 14;

/// The columns of statements.
pub(super) struct Columns {
    pub(super) out_starts: Tape,
    pub(super) out_subjects: Tape,
    pub(super) out_relations: CodeTape,
    pub(super) out_objects: Tape,
    pub(super) in_starts: Tape,
    pub(super) in_relations: CodeTape,
    pub(super) in_subjects: Tape,
    pub(super) in_statements: Tape,
    pub(super) qualifiers: CodeTape,
    pub(super) citations: CodeTape,
    pub(super) qualifier_list: Vec<Qualifiers>,
    pub(super) citation_lists: Vec<Vec<Citation>>,
    /// The values, as early numbers, in the order of their final ones.
    pub(super) values: Vec<u32>,
    pub(super) counts: Vec<RelationCounts>,
    pub(super) statements: u32,
    pub(super) repeated: u64,
}

/// Makes the columns.
pub(super) fn columns(
    mut rows: Rows<'_>,
    room: &Arc<Room>,
    watch: &Watch<'_>,
) -> Result<Columns, Error> {
    match rows.edges.has_extras() {
        true => make::<u128>(&mut rows, room, watch),
        false => make::<u64>(&mut rows, room, watch),
    }
}

fn make<K: Key>(
    rows: &mut Rows<'_>,
    room: &Arc<Room>,
    watch: &Watch<'_>,
) -> Result<Columns, Error> {
    let entities = rows.order.len();
    let has_extras = rows.edges.has_extras();
    let ends = rows.sample.iter().map(|(_, object)| *object);
    let incoming_partition = Partition::new(entities, rows.edges.len(), ends, room);
    let (mut dealt, partition) = deal::<K>(rows, room, watch)?;
    let mut incoming = Buckets::new(room, incoming_partition.len());
    let mut out = Out::new(rows, room);
    let last_of = |count: usize| count.saturating_sub(1) as u32;
    let relations = rows.edge_relations + rows.properties.len();
    let far_ends = entities.max(rows.values.len());
    let digits = RowDigits::new(last_of(relations), Some(last_of(far_ends)));
    each_sorted::<K>(&mut dealt, (&partition, &digits), watch, |sorted| {
        out.add(sorted, |row| {
            incoming.push(incoming_partition.bucket(row.near), row)
        })
    })?;
    drop(dealt);
    let mut columns = out.finish().map_err(|error| watch.failed(error))?;
    let mut start = 0;
    // They come in the order of their far ends, which are the subjects.
    let digits = RowDigits::new(last_of(rows.edge_relations), None);
    each_sorted::<K>(
        &mut incoming,
        (&incoming_partition, &digits),
        watch,
        |sorted| {
            let mut before = 0;
            for end in &sorted.ends {
                columns.in_starts.push_four(start + before)?;
                before = *end;
            }
            start += before;
            for keys in sorted.keys.chunks(TOGETHER) {
                let relations = keys.iter().map(|key| u32::from(key.relation()));
                columns.in_relations.extend(relations)?;
                let subjects = keys.iter().map(|key| key.far());
                columns.in_subjects.extend_fours(subjects)?;
                if has_extras {
                    let statements = keys.iter().map(|key| key.extra());
                    columns.in_statements.extend_fours(statements)?;
                }
            }
            Ok(())
        },
    )?;
    let ended = columns.in_starts.push_four(start);
    ended.map_err(|error| watch.failed(error))?;
    Ok(columns)
}

/// Gives the rows of each bucket in order; a second thread sorts ahead.
fn each_sorted<K: Key>(
    buckets: &mut Buckets<K>,
    (partition, digits): (&Partition, &RowDigits),
    watch: &Watch<'_>,
    mut give: impl FnMut(&mut Sorted<K>) -> std::io::Result<()>,
) -> Result<(), Error> {
    let count = partition.len();
    if !watch.is_threaded || count == 1 {
        let mut sorted = Sorted::default();
        for bucket in 0..count {
            watch.interrupt.check()?;
            sort::sort(buckets, (partition, digits), bucket, &mut sorted)
                .and_then(|()| give(&mut sorted))
                .map_err(|error| watch.failed(error))?;
        }
        return Ok(());
    }
    std::thread::scope(|scope| {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let (giver, given_back) = std::sync::mpsc::channel();
        scope.spawn(move || {
            for bucket in 0..count {
                let mut sorted = given_back.try_recv().unwrap_or_default();
                let done = sort::sort(buckets, (partition, digits), bucket, &mut sorted);
                let is_last = done.is_err();
                if sender.send(done.map(|()| sorted)).is_err() || is_last {
                    return;
                }
            }
        });
        for sorted in receiver {
            watch.interrupt.check()?;
            let mut sorted = sorted.map_err(|error| watch.failed(error))?;
            give(&mut sorted).map_err(|error| watch.failed(error))?;
            // Nobody takes it any more behind the last bucket.
            let _ = giver.send(sorted);
        }
        Ok(())
    })
}

/// Gives rows their final numbers and deals them by their subjects.
fn deal<K: Key>(
    rows: &mut Rows<'_>,
    room: &Arc<Room>,
    watch: &Watch<'_>,
) -> Result<(Buckets<K>, Partition), Error> {
    let count = rows.edges.len() + rows.facts.len();
    let subjects = rows.sample.iter().map(|(subject, _)| *subject);
    let partition = Partition::new(rows.order.len(), count, subjects, room);
    let mut dealt = Buckets::new(room, partition.len());
    let order = rows.order;
    let (relations, properties, details) = (rows.relations, rows.properties, rows.detail_places);
    // What is dealt takes no more room, neither in memory nor on the disk.
    let (edges, facts) = (&mut rows.edges, &mut rows.facts);
    let (edges, facts) = (edges.taken(), facts.taken());
    let number_edges = |block: &mut unsorted::Columns| {
        block.map_ends(|near| order.place(near), |far| order.place(far));
        block.map_relations(relations);
        block.map_extras(details);
    };
    let number_facts = |block: &mut unsorted::Columns| {
        block.map_ends(|near| order.place(near), |far| far);
        block.map_relations(properties);
    };
    let mut put = |block: unsorted::Columns| -> std::io::Result<()> {
        for row in block.rows() {
            dealt.push(partition.bucket(row.near), &row)?;
        }
        Ok(())
    };
    each_numbered(edges, number_edges, watch, &mut put)?;
    each_numbered(facts, number_facts, watch, &mut put)?;
    Ok((dealt, partition))
}

/// Gives the blocks of rows, each with its final numbers; a second thread goes ahead.
fn each_numbered(
    rows: Unsorted,
    number: impl Fn(&mut unsorted::Columns) + Sync + Send,
    watch: &Watch<'_>,
    mut give: impl FnMut(unsorted::Columns) -> std::io::Result<()>,
) -> Result<(), Error> {
    let numbered = |mut block: unsorted::Columns| {
        number(&mut block);
        block
    };
    if !watch.is_threaded || rows.len() < SPLIT_ROWS {
        let stopped = |_| std::io::Error::other("interrupted");
        let numbered = rows.each(|block| {
            watch.interrupt.check().map_err(stopped)?;
            give(numbered(block))
        });
        return numbered.map_err(|error| watch.failed(error));
    }
    std::thread::scope(|scope| {
        let (sender, receiver) = std::sync::mpsc::sync_channel(4);
        scope.spawn(move || {
            let gone = || std::io::Error::from(std::io::ErrorKind::BrokenPipe);
            let send = |block| sender.send(Ok(numbered(block))).map_err(|_| gone());
            if let Err(error) = rows.each(send) {
                let _ = sender.send(Err(error));
            }
        });
        for block in receiver {
            watch.interrupt.check()?;
            let given = block.and_then(&mut give);
            given.map_err(|error| watch.failed(error))?;
        }
        Ok(())
    })
}

/// The columns of the outgoing statements while they are made.
struct Out<'a> {
    columns: Columns,
    count: u64,
    values: &'a Interner,
    /// What each early value has become.
    value_places: Vec<u32>,
    details: &'a [Detail],
    /// What each detail has become.
    codes: Vec<Option<Code>>,
    qualifiers: Distinct<Qualifiers>,
    citations: Distinct<Vec<Citation>>,
    edge_relations: usize,
    drops_repeated: bool,
}

/// What a detail has become.
#[derive(Clone, Copy, Debug)]
struct Code {
    qualifier: u32,
    citation: u32,
    is_walked: bool,
    is_dated: bool,
}

/// What has no number yet.
const NONE: u32 = u32::MAX;

impl<'a> Out<'a> {
    fn new(rows: &Rows<'a>, room: &Arc<Room>) -> Out<'a> {
        let relations = rows.edge_relations + rows.properties.len();
        let relation_max = relations.saturating_sub(1) as u32;
        let details = rows.details.len() as u32;
        Out {
            columns: Columns {
                out_starts: Tape::new(room),
                out_subjects: Tape::new(room),
                out_relations: CodeTape::new(room, relation_max),
                out_objects: Tape::new(room),
                in_starts: Tape::new(room),
                in_relations: CodeTape::new(room, relation_max),
                in_subjects: Tape::new(room),
                in_statements: Tape::new(room),
                qualifiers: CodeTape::new(room, details),
                citations: CodeTape::new(room, details),
                qualifier_list: Vec::new(),
                citation_lists: Vec::new(),
                values: Vec::new(),
                counts: vec![RelationCounts::default(); relations],
                statements: 0,
                repeated: 0,
            },
            count: 0,
            values: rows.values,
            value_places: vec![NONE; rows.values.len()],
            details: rows.details,
            codes: vec![None; rows.details.len()],
            qualifiers: Distinct::default(),
            citations: Distinct::default(),
            edge_relations: rows.edge_relations,
            drops_repeated: rows.drops_repeated,
        }
    }

    /// Adds the statements of some subjects; those between entities go on to `incoming`.
    fn add<K: Key>(
        &mut self,
        sorted: &mut Sorted<K>,
        mut incoming: impl FnMut(&Row) -> std::io::Result<()>,
    ) -> std::io::Result<()> {
        self.finish_runs(sorted);
        let has_details = self.details.len() > 1;
        for (subject, run) in sorted.runs() {
            self.columns.out_starts.push_four(self.count as u32)?;
            let edges = run.partition_point(|key| self.is_edge(*key));
            for (place, key) in run[..edges].iter().enumerate() {
                incoming(&Row {
                    near: key.far(),
                    relation: key.relation(),
                    far: subject,
                    extra: match has_details {
                        true => (self.count + place as u64) as u32,
                        false => 0,
                    },
                })?;
            }
            let behind = self.count + run.len() as u64;
            let step = SUBJECT_STEP as u64;
            for _ in self.count.div_ceil(step)..behind.div_ceil(step) {
                self.columns.out_subjects.push_four(subject)?;
            }
            self.count = behind;
        }
        for keys in sorted.keys.chunks(TOGETHER) {
            self.fill(keys)?;
        }
        match self.count < u64::from(u32::MAX) {
            true => Ok(()),
            false => Err(std::io::Error::other(
                "a graph has fewer than 2^32 statements",
            )),
        }
    }

    fn is_edge<K: Key>(&self, key: K) -> bool {
        usize::from(key.relation()) < self.edge_relations
    }

    /// Gives properties their values' places, and drops what is there already, where it is to be.
    fn finish_runs<K: Key>(&mut self, sorted: &mut Sorted<K>) {
        let has_facts = self.edge_relations < self.columns.counts.len();
        if !has_facts && !self.drops_repeated {
            return;
        }
        let (mut start, mut kept) = (0, 0);
        for end in &mut sorted.ends {
            let run = start..*end as usize;
            let edges = sorted.keys[run.clone()].partition_point(|key| self.is_edge(*key));
            for at in run.start..run.start + edges {
                let is_repeated = at > run.start && sorted.keys[at] == sorted.keys[at - 1];
                if self.drops_repeated && is_repeated {
                    self.columns.repeated += 1;
                    continue;
                }
                sorted.keys[kept] = sorted.keys[at];
                kept += 1;
            }
            for fact in self.facts(&sorted.keys[run.start + edges..run.end]) {
                sorted.keys[kept] = fact;
                kept += 1;
            }
            (start, *end) = (run.end, kept as u32);
        }
        sorted.keys.truncate(kept);
    }

    /// Properties of an entity: several of one relation in the order of their values, each once.
    fn facts<K: Key>(&mut self, facts: &[K]) -> Vec<K> {
        let mut facts: Vec<(u16, u32)> = facts
            .iter()
            .map(|key| (key.relation(), key.far()))
            .collect();
        facts.dedup();
        if facts.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            let values = self.values;
            stable::sort_by_cached_key(&mut facts, |(relation, value)| {
                let value: Result<Value, _> = postcard::from_bytes(values.get(*value));
                (*relation, format!("{:?}", value.ok()))
            });
        }
        let key = |(relation, value)| {
            let place = &mut self.value_places[value as usize];
            if *place == NONE {
                *place = self.columns.values.len() as u32;
                self.columns.values.push(value);
            }
            K::of(K::pack(&Row {
                relation,
                far: *place,
                ..Row::default()
            }))
        };
        facts.into_iter().map(key).collect()
    }

    /// Puts statements into the columns, one column after the other.
    fn fill<K: Key>(&mut self, keys: &[K]) -> std::io::Result<()> {
        for same in keys.chunk_by(|one, next| one.relation() == next.relation()) {
            self.columns.counts[usize::from(same[0].relation())].all += same.len() as u64;
        }
        let relations = keys.iter().map(|key| u32::from(key.relation()));
        self.columns.out_relations.extend(relations)?;
        let objects = keys.iter().map(|key| key.far());
        self.columns.out_objects.extend_fours(objects)?;
        match self.details.len() {
            1 => Ok(()),
            _ => self.fill_details(keys),
        }
    }

    fn fill_details<K: Key>(&mut self, keys: &[K]) -> std::io::Result<()> {
        for key in keys {
            let code = match self.codes[key.extra() as usize] {
                Some(code) => code,
                None => self.number(key.extra() as usize),
            };
            let counts = &mut self.columns.counts[usize::from(key.relation())];
            counts.unwalked += u64::from(!code.is_walked);
            counts.dated += u64::from(code.is_dated);
        }
        let numbered = "details are numbered where they come first";
        let codes = keys.iter();
        let codes = codes.map(|key| self.codes[key.extra() as usize].expect(numbered));
        let qualifiers = codes.clone().map(|code| code.qualifier);
        self.columns.qualifiers.extend(qualifiers)?;
        let citations = codes.map(|code| code.citation);
        self.columns.citations.extend(citations)
    }

    /// Numbers what a detail consists of.
    #[cold]
    fn number(&mut self, detail: usize) -> Code {
        let Detail {
            qualifiers,
            citations,
        } = &self.details[detail];
        let code = Code {
            qualifier: self.qualifiers.number(qualifiers.clone()),
            citation: self.citations.number(citations.clone()),
            is_walked: qualifiers.is_walked(),
            is_dated: qualifiers.is_dated(),
        };
        self.codes[detail] = Some(code);
        code
    }

    fn finish(mut self) -> Result<Columns, std::io::Error> {
        self.columns.out_starts.push_four(self.count as u32)?;
        self.columns.statements = self.count as u32;
        self.columns.qualifier_list = self.qualifiers.list;
        self.columns.citation_lists = self.citations.list;
        Ok(self.columns)
    }
}
