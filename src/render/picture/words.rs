//! The words of kin's own in pictures: one table a language, and English where there is no other.
//!
//! Names of kinds and relations are not here: the schema has them, with labels by language. What
//! the model and the bundled vocabulary name without a label is looked up in [`Words::named`].

use serde::Serialize;

/// The words of a language.
#[derive(Debug)]
pub(in crate::render) struct Words {
    /// Before the ids of sources.
    pub(in crate::render) sources: &'static str,
    /// In place of an empty picture.
    pub(in crate::render) nothing: &'static str,
    /// What is said where a way leads through what the query left out.
    pub(in crate::render) through: &'static str,
    /// So many entities.
    pub(in crate::render) entities: fn(usize) -> String,
    /// So many statements.
    pub(in crate::render) statements: fn(usize) -> String,
    /// So many ways through what the query left out.
    pub(in crate::render) ways: fn(usize) -> String,
    /// So many entities, and so many statements between them.
    pub(in crate::render) contents: fn(usize, usize) -> String,
    /// In which role.
    pub(in crate::render) role: fn(&str) -> String,
    /// That a name was borne from a date on.
    pub(in crate::render) renamed: fn(&str, &str) -> String,
    /// The legend of timelines.
    pub(in crate::render) signs: Signs,
    /// What stands on a page.
    pub(in crate::render) page: PageWords,
    /// What is named elsewhere without a label: ways of saying, states, groups.
    named: &'static [(&'static str, &'static str)],
}

/// The legend of timelines.
#[derive(Debug)]
pub(in crate::render) struct Signs {
    pub(in crate::render) begin_unknown: &'static str,
    pub(in crate::render) ended: &'static str,
    pub(in crate::render) no_end: &'static str,
    pub(in crate::render) renamed: &'static str,
    pub(in crate::render) no_date: &'static str,
    pub(in crate::render) pale: &'static str,
    pub(in crate::render) dated: &'static str,
    pub(in crate::render) families: &'static str,
    pub(in crate::render) no_day: &'static str,
}

/// What stands on a page, and what its script says; `{0}`, `{1}` … stand for numbers.
#[derive(Debug, Serialize)]
pub(in crate::render) struct PageWords {
    pub(in crate::render) search: &'static str,
    pub(in crate::render) search_names: &'static str,
    pub(in crate::render) names: &'static str,
    pub(in crate::render) steps: &'static str,
    pub(in crate::render) as_of: &'static str,
    pub(in crate::render) smaller: &'static str,
    pub(in crate::render) larger: &'static str,
    pub(in crate::render) fit: &'static str,
    pub(in crate::render) clear: &'static str,
    pub(in crate::render) stage: &'static str,
    pub(in crate::render) panel: &'static str,
    pub(in crate::render) no_script: &'static str,
    pub(in crate::render) all: &'static str,
    pub(in crate::render) any_day: &'static str,
    pub(in crate::render) counts: &'static str,
    pub(in crate::render) around: &'static str,
    pub(in crate::render) statement: &'static str,
    pub(in crate::render) also: &'static str,
    pub(in crate::render) more: &'static str,
    pub(in crate::render) silent: &'static str,
}

impl Words {
    /// The words of a language; English if kin has none in it.
    pub(in crate::render) fn of(lang: Option<&str>) -> &'static Words {
        let known = LANGUAGES.iter().find(|(known, _)| Some(*known) == lang);
        known.map_or(&ENGLISH, |(_, words)| words)
    }

    /// The word for what is named elsewhere; the name itself if there is none.
    pub(in crate::render) fn named<'a>(&self, name: &'a str) -> &'a str {
        let known = self.named.iter().find(|(known, _)| *known == name);
        known.map_or(name, |(_, word)| word)
    }
}

/// The languages of which kin has words.
static LANGUAGES: [(&str, &Words); 2] = [("en", &ENGLISH), ("ja", &JAPANESE)];

static ENGLISH: Words = Words {
    sources: "sources",
    nothing: "nothing to draw",
    through: "a way through what is left out",
    entities: |count| counted(count, "entity", "entities"),
    statements: |count| counted(count, "statement", "statements"),
    ways: |count| counted(count, "way", "ways"),
    contents: |boxes, arrows| {
        let (boxes, arrows) = ((ENGLISH.entities)(boxes), (ENGLISH.statements)(arrows));
        format!("{boxes} and {arrows} between them.")
    },
    role: |role| format!("as {role}"),
    renamed: |name, date| format!("{name} from {date}"),
    signs: Signs {
        begin_unknown: "beginning unknown",
        ended: "ended",
        no_end: "no end known",
        renamed: "renamed",
        no_date: "no date known",
        pale: "known before its beginning or after its end",
        dated: "something happened on that day",
        families: "a colour for each family",
        no_day: "day of the step unknown",
    },
    page: PageWords {
        search: "search ( / )",
        search_names: "search names and aliases",
        names: "names",
        steps: "steps",
        as_of: "as of",
        smaller: "smaller",
        larger: "larger",
        fit: "fit",
        clear: "clear",
        stage: "picture: drag, or arrow keys, to move; + and - to zoom",
        panel: "what is known",
        no_script: "The picture can be looked at; search and choice need this file's script.",
        all: "all",
        any_day: "any day",
        counts: "{0} of {1} entities, {2} of {3} statements",
        around: "; {0} before, {1} after",
        statement: "statement",
        also: "also: ",
        more: "{0} more facts are not shown",
        silent: "nothing is said of it",
    },
    named: &[],
};

static JAPANESE: Words = Words {
    sources: "出典",
    nothing: "描くものがありません",
    through: "省かれたものを通る経路",
    entities: |count| format!("{count} 項目"),
    statements: |count| format!("{count} 件の記述"),
    ways: |count| format!("{count} 本の経路"),
    contents: |boxes, arrows| {
        let (boxes, arrows) = ((JAPANESE.entities)(boxes), (JAPANESE.statements)(arrows));
        format!("{boxes}と、その間の{arrows}。")
    },
    role: |role| format!("{role} として"),
    renamed: |name, date| format!("{date} から {name}"),
    signs: Signs {
        begin_unknown: "開始時期は不明",
        ended: "終了",
        no_end: "終了の記録なし",
        renamed: "改名",
        no_date: "日付の記録なし",
        pale: "開始前または終了後の記録",
        dated: "その日に出来事あり",
        families: "色は系統ごと",
        no_day: "移行の日付は不明",
    },
    page: PageWords {
        search: "検索 ( / )",
        search_names: "名前と別名を検索",
        names: "名前",
        steps: "段数",
        as_of: "時点",
        smaller: "縮小",
        larger: "拡大",
        fit: "全体",
        clear: "解除",
        stage: "図: ドラッグか矢印キーで移動、+ と - で拡大と縮小",
        panel: "わかっていること",
        no_script: "図は見られますが、検索と選択にはこのファイルのスクリプトが必要です。",
        all: "すべて",
        any_day: "全期間",
        counts: "{1} 項目中 {0} 項目、{3} 件の記述中 {2} 件",
        around: "、前に {0} 項目、後に {1} 項目",
        statement: "記述",
        also: "別名: ",
        more: "ほかに {0} 件の記述があります",
        silent: "記述はありません",
    },
    named: &[
        ("denied", "否定"),
        ("unknown", "不明"),
        ("hedged", "推測"),
        ("hearsay", "伝聞"),
        ("planned", "計画"),
        ("predicted", "予測"),
        ("opinion", "意見"),
        ("through others", "他を経由"),
        ("active", "活動中"),
        ("maintenance", "保守のみ"),
        ("archived", "アーカイブ"),
        ("ended", "終了"),
        ("mixed", "混在"),
        ("other", "その他"),
        ("several", "複数"),
        // The bundled vocabulary has no labels for its groups.
        ("lineage", "系譜"),
        ("agents", "主体"),
        ("structure", "構成"),
        ("node_and_runtime", "ノードと実行環境"),
        ("operation", "運用"),
        ("lifecycle", "ライフサイクル"),
        ("description", "説明"),
    ],
};

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
