//! The steps of a walk from one entity.

use crate::model::Direction;
use crate::model::EntityId;
use crate::model::RelationId;
use crate::model::Rows;
use crate::model::Snapshot;
use crate::model::StatementId;
use crate::model::Step;
use crate::model::View;

impl<'a> View<'a> {
    /// The steps from an entity, in `direction` of the walk: forward leads along the relations the
    /// way they are walked, backward against it. Outgoing statements first, each by their ids.
    /// Only statements that are positive, at least hedged, and admitted by the filter.
    pub fn steps(self, entity: EntityId, direction: Direction) -> impl Iterator<Item = Step> + 'a {
        self.steps_where(entity, direction, |_| true)
    }

    /// The same by which a walk comes from an entity to another, of however many there are.
    pub fn joining(
        self,
        entity: EntityId,
        direction: Direction,
        other: EntityId,
    ) -> impl Iterator<Item = Step> + 'a {
        self.steps_where(entity, direction, move |end| end == other)
    }

    /// At most how many steps there are.
    pub fn degree(self, entity: EntityId, direction: Direction) -> usize {
        let count = |rows: Rows<'_>, direction| match self.along.leads_some(direction) {
            true => rows.range(entity).len(),
            false => 0,
        };
        let back = direction.reversed();
        count(self.snapshot.out_rows(), direction) + count(self.snapshot.in_rows(), back)
    }

    /// The entities that the steps lead to, one a step. Which statement leads there may take a
    /// search, and is not asked where it makes no difference.
    pub fn ends(
        self,
        entity: EntityId,
        direction: Direction,
    ) -> impl Iterator<Item = EntityId> + 'a {
        let View {
            snapshot, filter, ..
        } = self;
        let asks = !snapshot.is_bare() || filter.sources.is_some();
        let places = self.places(entity, direction, |_| true);
        let walks =
            move |found: &Found| !asks || filter.walks(snapshot, found.statement(snapshot, entity));
        places.filter(walks).map(|found| found.end)
    }

    /// The steps to ends that are wanted; nothing else is asked about the others. What leads to a
    /// value, and is no step, is asked about by the value's number.
    pub fn steps_where(
        self,
        entity: EntityId,
        direction: Direction,
        is_wanted: impl Fn(EntityId) -> bool + Copy + 'a,
    ) -> impl Iterator<Item = Step> + 'a {
        let View {
            snapshot, filter, ..
        } = self;
        let steps = self.places(entity, direction, is_wanted);
        let steps = steps.map(move |found| Step {
            statement: found.statement(snapshot, entity),
            entity: found.end,
        });
        steps.filter(move |step| filter.walks(snapshot, step.statement))
    }

    /// Where the steps to ends that are wanted lie, whatever the filter says.
    fn places(
        self,
        entity: EntityId,
        direction: Direction,
        is_wanted: impl Fn(EntityId) -> bool + Copy + 'a,
    ) -> impl Iterator<Item = Found> + 'a {
        let snapshot = self.snapshot;
        let (along, back) = (self.along, direction.reversed());
        let (out, into) = (snapshot.out_rows(), snapshot.in_rows());
        let range = |rows: Rows<'_>, is_some| if is_some { rows.range(entity) } else { 0..0 };
        let outgoing = range(out, along.leads_some(direction));
        let outgoing = outgoing.filter(move |place| is_wanted(EntityId(out.ends[*place])));
        let outgoing = outgoing.filter_map(move |place| {
            let relation = RelationId(out.relations.get(place));
            let is_walked = along.leads(relation, direction) && out.ends[place] != Rows::NOTHING;
            is_walked.then(|| Found {
                place,
                is_incoming: false,
                end: EntityId(out.ends[place]),
            })
        });
        let incoming = range(into, along.leads_some(back));
        let incoming = incoming.filter(move |place| is_wanted(EntityId(into.ends[*place])));
        let incoming = incoming.filter_map(move |place| {
            let relation = RelationId(into.relations.get(place));
            // One that leads back to where it starts is one step.
            let is_known = into.ends[place] == entity.0 && along.leads(relation, direction);
            (along.has(relation, back) && !is_known).then(|| Found {
                place,
                is_incoming: true,
                end: EntityId(into.ends[place]),
            })
        });
        outgoing.chain(incoming)
    }
}

/// Where a step lies in the rows of the entity that it leads from.
struct Found {
    place: usize,
    is_incoming: bool,
    end: EntityId,
}

impl Found {
    fn statement(&self, snapshot: &Snapshot, entity: EntityId) -> StatementId {
        match self.is_incoming {
            true => snapshot.incoming_statement(entity, self.place),
            false => StatementId::from_index(self.place),
        }
    }
}
