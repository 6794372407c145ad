//! Compressed sparse rows, for loops over arrays.

/// One relation as a loop over arrays wants it.
pub(super) struct Csr {
    starts: Vec<u32>,
    ends: Vec<u32>,
}

impl Csr {
    pub(super) fn of(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.ends[self.starts[node] as usize..self.starts[node + 1] as usize]
    }
}

/// The ends of each entity as rows.
pub(super) fn csr(lists: &[Vec<u32>]) -> Csr {
    let mut starts = vec![0];
    for list in lists {
        starts.push(starts[starts.len() - 1] + list.len() as u32);
    }
    Csr {
        starts,
        ends: lists.concat(),
    }
}

/// The same without directions, from the entity with fewer ends to the other.
pub(super) fn forward(lists: &[Vec<u32>]) -> Csr {
    let mut degrees: Vec<usize> = lists.iter().map(Vec::len).collect();
    lists
        .iter()
        .flatten()
        .for_each(|end| degrees[*end as usize] += 1);
    let mut found = vec![Vec::new(); lists.len()];
    for (source, ends) in lists.iter().enumerate() {
        for end in ends {
            let (source, end) = (source as u32, *end);
            let is_less = (degrees[source as usize], source) < (degrees[end as usize], end);
            let (from, to) = if is_less {
                (source, end)
            } else {
                (end, source)
            };
            found[from as usize].push(to);
        }
    }
    found.iter_mut().for_each(|ends| ends.sort_unstable());
    csr(&found)
}
