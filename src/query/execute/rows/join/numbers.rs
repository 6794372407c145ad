//! The numbers that entities have of a facet: their lists of kinds, or the values of a property.

use crate::diagnostic::Budget;
use crate::diagnostic::Error;
use crate::model::CodeSlice;
use crate::model::EntityId;
use crate::model::RelationId;
use crate::model::Rows;
use crate::model::Snapshot;
use crate::model::StatementId;
use crate::model::Verdicts;
use crate::query::bound::Facet;
use crate::query::execute::rows::RowRun;
use crate::query::execute::rows::join::asker::Asker;

/// It pays to ask about all entities once one in so many is asked about.
pub(super) const MANY_ASKED: usize = 16;

/// The numbers that a facet of entities has.
pub(super) enum Numbers<'j> {
    /// One an entity, and which of them stands for several values, if one does.
    Column(CodeSlice<'j>, Option<u32>),
    /// The values of a property, looked for among the statements of each entity.
    Rows(Valued<'j>),
}

/// A property, and what its values are looked for with.
pub(super) struct Valued<'j> {
    property: RelationId,
    /// Whether the filter is asked of each statement.
    asks: bool,
    /// Whether there can be a column of them.
    can_be_column: bool,
    /// The column, if it was made for another query. What is spent does not depend on it.
    made: Option<CodeSlice<'j>>,
    rows: Rows<'j>,
    /// The number of no value.
    null: u32,
    /// How many entities were asked about.
    asked: usize,
}

impl<'j> Numbers<'j> {
    pub(super) fn new(facet: Facet, run: &RowRun<'j>) -> Numbers<'j> {
        let snapshot = run.run.snapshot;
        match facet {
            Facet::Kinds => Numbers::Column(snapshot.kind_codes(), None),
            Facet::Property(property) => {
                let asks = run.filter.asks_of(snapshot, property);
                let made = snapshot.made_value_codes(property);
                Numbers::Rows(Valued {
                    property,
                    asks,
                    can_be_column: !asks,
                    made: made.filter(|_| !asks),
                    rows: snapshot.out_rows(),
                    null: snapshot.values().len() as u32,
                    asked: 0,
                })
            }
        }
    }

    /// How many there are.
    pub(super) fn count(&self, snapshot: &Snapshot) -> usize {
        match self {
            Numbers::Column(_, None) => snapshot.kind_list_count(),
            Numbers::Column(_, Some(several)) => *several as usize + 1,
            Numbers::Rows(valued) => valued.null as usize + 2,
        }
    }

    /// The number of an entity; none if it has several values.
    #[inline]
    pub(super) fn of(
        &mut self,
        entity: EntityId,
        asker: &mut Asker<'j>,
        budget: &mut Budget,
    ) -> Result<Option<u32>, Error> {
        match self {
            Numbers::Column(codes, several) => {
                let number = codes.get(entity.index());
                Ok((Some(number) != *several).then_some(number))
            }
            Numbers::Rows(_) => self.of_rows(entity, asker, budget),
        }
    }

    /// The same where there is no column yet; there is one once many were asked about.
    #[inline(never)]
    fn of_rows(
        &mut self,
        entity: EntityId,
        asker: &mut Asker<'j>,
        budget: &mut Budget,
    ) -> Result<Option<u32>, Error> {
        if let Numbers::Rows(valued) = self {
            valued.asked += 1;
            let entities = asker.run.run.snapshot.entity_count();
            if !valued.can_be_column || valued.asked * MANY_ASKED < entities {
                return Ok(valued.of(entity, &mut asker.verdicts));
            }
            self.column(asker, budget)?;
        }
        self.of(entity, asker, budget)
    }

    /// Whether there is a column of them, or can be one.
    pub(super) fn is_column(&self) -> bool {
        match self {
            Numbers::Column(..) => true,
            Numbers::Rows(valued) => valued.can_be_column,
        }
    }

    /// The numbers of all entities in their order; none where the filter must be asked, or
    /// no more columns are kept.
    pub(super) fn column(
        &mut self,
        asker: &Asker<'j>,
        budget: &mut Budget,
    ) -> Result<Option<CodeSlice<'j>>, Error> {
        if let Numbers::Rows(valued) = self
            && valued.can_be_column
        {
            let codes = asker
                .run
                .run
                .snapshot
                .value_codes(valued.property, budget)?;
            match codes {
                Some(codes) => *self = Numbers::Column(codes, Some(valued.null + 1)),
                None => valued.can_be_column = false,
            }
        }
        Ok(match self {
            Numbers::Column(codes, _) => Some(*codes),
            Numbers::Rows(_) => None,
        })
    }
}

impl Valued<'_> {
    fn of(&self, entity: EntityId, verdicts: &mut Verdicts<'_>) -> Option<u32> {
        if let Some(made) = self.made {
            let number = made.get(entity.index());
            return (number <= self.null).then_some(number);
        }
        let rows = &self.rows;
        let mut places = rows.run(entity, self.property);
        let mut is_walked = |place: &usize| {
            let is_there = rows.ends[*place] != Rows::NOTHING;
            is_there && (!self.asks || verdicts.admits(StatementId::from_index(*place)))
        };
        match (places.find(&mut is_walked), places.find(is_walked)) {
            (None, _) => Some(self.null),
            (Some(place), None) => Some(rows.ends[place]),
            (Some(_), Some(_)) => None,
        }
    }
}
