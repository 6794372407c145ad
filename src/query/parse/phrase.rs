//! What a user calls what a rule reads, for messages.

use crate::query::parse::Rule;

/// The words for a rule; none for what is never worth asking for.
pub(super) fn phrase(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::statement | Rule::query | Rule::set | Rule::set_operand => "a set",
        Rule::group | Rule::word_term | Rule::text | Rule::bare => "a name",
        Rule::arguments | Rule::open => "`(`",
        Rule::close => "`)`",
        Rule::argument => "an argument",
        Rule::range | Rule::date => "a date or number",
        Rule::step | Rule::dot => "`.` and a relation",
        Rule::relation => "a relation",
        Rule::joined | Rule::union | Rule::intersection | Rule::difference => "`|`, `&` or ` - `",
        Rule::comma => "`,`",
        Rule::semicolon | Rule::EOI => "the end",
        Rule::equals => "`=`",
        Rule::context | Rule::as_of | Rule::according_to => "a context such as `as of 2021`",
        Rule::stage | Rule::drawn | Rule::pipe => "`|>`",
        Rule::where_clause | Rule::select | Rule::order | Rule::limit => "a stage such as `where`",
        Rule::expression | Rule::term | Rule::call | Rule::callee | Rule::decimal | Rule::day => {
            "a value"
        }
        Rule::infix | Rule::comparison | Rule::arithmetic => "a sign such as `=`",
        Rule::property | Rule::index | Rule::has_label => return None,
        Rule::kw_return => "`return`",
        Rule::node_pattern => "a node such as `(a)`",
        Rule::edge_pattern | Rule::dash | Rule::arrow_left | Rule::arrow_right => {
            "an edge such as `-[:cni]->`"
        }
        Rule::variable | Rule::plain_word | Rule::quoted_word => "a variable",
        Rule::word | Rule::any_word => "a word",
        Rule::item | Rule::items => "a column",
        Rule::open_square => "`[`",
        Rule::close_square => "`]`",
        Rule::open_curly | Rule::properties => "`{`",
        Rule::close_curly => "`}`",
        Rule::file | Rule::file_name => "a file",
        Rule::format => "a format",
        Rule::kw_by => "`by`",
        Rule::kw_as => "`as`",
        Rule::kw_in | Rule::within => "`in`",
        Rule::kw_then => "`then`",
        Rule::kw_when => "`when`",
        Rule::kw_end => "`end`",
        Rule::expectation | Rule::is_empty => "`is empty` or `is not empty`",
        Rule::digits => "a number",
        Rule::kw_of => "`of`",
        Rule::kw_to => "`to`",
        _ => return None,
    })
}
