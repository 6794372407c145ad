//! The tree of a query as it was read; expressions and patterns stand as they were written.

use crate::diagnostic::Span;
use crate::query::ast;
use crate::query::ast::Clause;
use crate::query::ast::StageKind;
use crate::query::explain::push;
use crate::query::scan;

/// A tree on its way to text.
struct Tree<'a> {
    /// What was read.
    from: &'a str,
    text: String,
}

/// A script as it was read: a node a line, indented by depth. `text` is what was read.
pub fn ast(script: &ast::Script, text: &str) -> String {
    let mut tree = Tree {
        from: text,
        text: String::new(),
    };
    for statement in &script.statements {
        match statement {
            ast::Statement::Definition(definition) => {
                let parameters = definition.parameters.iter().flatten();
                let names: Vec<&str> = parameters.map(|name| name.text.as_str()).collect();
                let signature = match definition.parameters {
                    None => String::new(),
                    Some(_) => format!("({})", names.join(", ")),
                };
                tree.push(0, &format!("let {}{signature}", definition.name.text));
                tree.ask(1, &definition.value);
            }
            ast::Statement::Query(query, target) => {
                tree.push(0, "query");
                tree.ask(1, query);
                match target {
                    None => {}
                    Some(ast::Target::File(name)) => tree.push(1, &format!("> {}", name.text)),
                    Some(ast::Target::Format(name)) => tree.push(1, &format!("as {}", name.text)),
                    Some(ast::Target::Drawing(drawing)) => {
                        tree.written(1, "", drawing.span);
                        let file = drawing.file.iter().map(|name| format!("> {}", name.text));
                        let format = drawing
                            .format
                            .iter()
                            .map(|name| format!("as {}", name.text));
                        file.chain(format).for_each(|target| tree.push(2, &target));
                    }
                }
            }
            ast::Statement::Assertion(assertion) => {
                tree.push(0, "assert");
                tree.ask(1, &assertion.ask);
                match &assertion.wants {
                    ast::Expectation::Empty => tree.push(1, "is empty"),
                    ast::Expectation::NotEmpty => tree.push(1, "is not empty"),
                    ast::Expectation::Number(number) => tree.written(1, "= ", number.span),
                    ast::Expectation::Equal(ask) => {
                        tree.push(1, "=");
                        tree.ask(2, ask);
                    }
                }
            }
        }
    }
    tree.text
}

impl Tree<'_> {
    fn push(&mut self, depth: usize, line: &str) {
        push(&mut self.text, depth, line);
    }

    /// A line with what was written at a place.
    fn written(&mut self, depth: usize, word: &str, span: Span) {
        let text = &self.from[span.range_in(self.from)];
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.push(depth, &format!("{word}{line}"));
    }

    fn ask(&mut self, depth: usize, ask: &ast::Ask) {
        match &ask.source {
            ast::Source::Set(set) => self.set(depth, set),
            ast::Source::Rows(rows) => self.rows(depth, rows),
            ast::Source::Compare(compare) => {
                self.push(depth, "compare");
                for set in &compare.sets {
                    self.set(depth + 1, set);
                }
                for relation in &compare.relations {
                    self.push(depth + 1, &format!("on {}", relation.text));
                }
            }
        }
        for stage in &ask.stages {
            self.stage(depth, stage);
        }
        for context in &ask.contexts {
            let line = match &context.kind {
                ast::ContextKind::AsOf(date) => format!("as of {}", date.text),
                ast::ContextKind::During(start, None) => format!("during {}", start.text),
                ast::ContextKind::During(start, Some(end)) => {
                    format!("during {}..{}", start.text, end.text)
                }
                ast::ContextKind::IncludingDoubtful => "including doubtful".to_owned(),
                ast::ContextKind::AccordingTo(names) => {
                    let names: Vec<String> = names.iter().map(written).collect();
                    format!("according to {}", names.join(", "))
                }
            };
            self.push(depth, &line);
        }
    }

    fn stage(&mut self, depth: usize, stage: &ast::Stage) {
        match &stage.kind {
            StageKind::Call(name, arguments) => {
                self.push(depth, &format!("|> call {}", name.text));
                self.arguments(depth, arguments);
            }
            _ => self.written(depth, "", stage.span),
        }
    }

    fn rows(&mut self, depth: usize, rows: &ast::Rows) {
        for (index, clauses) in rows.parts.iter().enumerate() {
            if index > 0 {
                let word = if rows.keeps_doubles {
                    "union all"
                } else {
                    "union"
                };
                self.push(depth, word);
            }
            for clause in clauses {
                self.clause(depth, clause);
            }
        }
    }

    fn clause(&mut self, depth: usize, clause: &Clause) {
        match clause {
            Clause::Match(clause) => {
                let word = if clause.is_optional {
                    "optional match"
                } else {
                    "match"
                };
                self.push(depth, word);
                for path in &clause.patterns {
                    self.written(depth + 1, "", path.span);
                    for node in &path.nodes {
                        if let Some(set) = &node.within {
                            let name = node.variable.as_ref().map_or("", |name| &name.text);
                            self.push(depth + 2, &format!("{name} in"));
                            self.set(depth + 3, set);
                        }
                    }
                }
                if let Some(condition) = &clause.condition {
                    self.written(depth + 1, "where ", condition.span);
                }
            }
            Clause::Unwind(list, name) => {
                self.push(depth, &format!("unwind as {}", name.text));
                self.written(depth + 1, "", list.span);
            }
            Clause::With(projection) => {
                self.push(depth, "with");
                self.projection(depth + 1, projection);
            }
            Clause::Return(projection) => {
                self.push(depth, "return");
                self.projection(depth + 1, projection);
            }
        }
    }

    fn projection(&mut self, depth: usize, projection: &ast::Projection) {
        let items = &projection.items;
        if items.is_distinct {
            self.push(depth, "distinct");
        }
        if items.has_star {
            self.push(depth, "*");
        }
        for item in &items.items {
            let alias = item.alias.as_ref();
            let alias = alias.map_or(String::new(), |alias| format!("{} = ", alias.text));
            self.written(depth, &alias, item.expression.span);
        }
        for item in &projection.order {
            let word = if item.is_descending {
                "order descending "
            } else {
                "order "
            };
            self.written(depth, word, item.expression.span);
        }
        let numbers = [
            ("offset ", &projection.offset),
            ("limit ", &projection.limit),
        ];
        for (word, number) in numbers {
            if let Some(number) = number {
                self.written(depth, word, number.span);
            }
        }
        if let Some(condition) = &projection.condition {
            self.written(depth, "where ", condition.span);
        }
    }

    fn arguments(&mut self, depth: usize, arguments: &[ast::Argument]) {
        for argument in arguments {
            let depth = match &argument.parameter {
                None => depth,
                Some(name) => {
                    self.push(depth + 1, &format!("{}=", name.text));
                    depth + 1
                }
            };
            self.set(depth + 1, &argument.value);
        }
    }

    fn set(&mut self, depth: usize, set: &ast::Set) {
        match &set.kind {
            ast::SetKind::Name(name) => self.push(depth, &format!("name {}", written(name))),
            ast::SetKind::Parameter(name) => self.push(depth, &format!("parameter {}", name.text)),
            ast::SetKind::Pattern(word, wanted) => {
                let line = format!("pattern {}:{}", word.text, written(wanted));
                self.push(depth, &line);
            }
            ast::SetKind::Union(members) => {
                self.push(depth, "union");
                for member in members {
                    self.set(depth + 1, member);
                }
            }
            ast::SetKind::Chain(first, rest) => {
                self.push(depth, "chain");
                self.set(depth + 1, first);
                for (operator, operand) in rest {
                    let sign = match operator {
                        ast::Operator::Intersection => "&",
                        ast::Operator::Difference => "-",
                    };
                    self.push(depth + 1, sign);
                    self.set(depth + 1, operand);
                }
            }
            ast::SetKind::Call(name, arguments) => {
                self.push(depth, &format!("call {}", name.text));
                self.arguments(depth, arguments);
            }
            ast::SetKind::Steps(base, words) => {
                let words: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
                self.push(depth, &format!("steps .{}", words.join(" .")));
                self.set(depth + 1, base);
            }
            ast::SetKind::Group(inner) => {
                self.push(depth, "group");
                self.ask(depth + 1, inner);
            }
            ast::SetKind::Range(range) => {
                self.push(depth, &format!("value {}", range_text(range)));
            }
        }
    }
}

fn written(name: &ast::Name) -> String {
    scan::written(&name.text)
}

fn range_text(range: &ast::Range) -> String {
    let end = |name: &Option<ast::Name>| name.as_ref().map_or("", |name| &name.text).to_owned();
    let dots = if range.has_dots { ".." } else { "" };
    format!("{}{dots}{}", end(&range.start), end(&range.end))
}
