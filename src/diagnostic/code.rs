//! The table of everything kin finds wrong: one row a code, with an example that provokes it.

/// What an example of a code is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Example {
    /// A query.
    Query(&'static str),
    /// The text of a file of entities, beside the schema and sources that the reference shows.
    Data(&'static str),
    /// The text of `schema.toml`.
    Schema(&'static str),
    /// Depends on the surroundings (an unreadable file) and is provoked by a test of its own.
    Surroundings,
}

/// One row: what a code stands for.
#[derive(Debug)]
pub struct Code {
    /// The stable code: `K…` for queries, `D…` for data.
    pub id: &'static str,
    /// One sentence: what is wrong.
    pub doc: &'static str,
    /// Something that provokes it.
    pub example: Example,
}

impl PartialEq for Code {
    fn eq(&self, other: &Code) -> bool {
        self.id == other.id
    }
}

impl Eq for Code {}

/// Writes each row once, and the list of all of them.
macro_rules! codes {
    ($($name:ident = $id:literal, $doc:literal, $example:expr;)*) => {
        $(#[doc = $doc] pub static $name: Code = Code { id: $id, doc: $doc, example: $example };)*
        /// All codes, in the order of their ids.
        pub static CODES: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    UNREADABLE = "D001", "A file or folder cannot be read, is missing, or is no regular file.",
        Example::Surroundings;
    TOO_LARGE = "D002", "A file, a folder or a text is larger than kin reads.",
        Example::Surroundings;
    BAD_TOML = "D003", "A data file is not TOML at some place.",
        Example::Data("[flatcar\nname = \"Flatcar\"\n");
    UNKNOWN_KEY = "D004", "A table has a key that kin does not know.",
        Example::Data("[a]\nname = \"A\"\nkind = \"thing\"\npart_of = { too = \"b\" }\n");
    WRONG_TYPE = "D005", "A value has another type than its key wants.",
        Example::Data("[a]\nname = 3\nkind = \"thing\"\n");
    MISSING_KEY = "D006", "A table lacks a key that it must have.",
        Example::Data("[a]\nname = \"A\"\n");
    BAD_ID = "D007", "An id has characters that ids cannot have.",
        Example::Data("[\"A b\"]\nname = \"A\"\nkind = \"thing\"\n");
    DUPLICATE_ID = "D008", "The same id is defined twice.",
        Example::Data("[b]\nname = \"B again\"\nkind = \"thing\"\n");
    UNKNOWN_DATA_KIND = "D009", "An entity has a kind that the schema does not declare.",
        Example::Data("[a]\nname = \"A\"\nkind = \"thingy\"\n");
    UNKNOWN_DATA_RELATION = "D010", "A key is no relation or property of the schema.",
        Example::Data(
            "[a]\nname = \"A\"\nkind = \"thing\"\npart_off = { to = \"b\", source = \"s\" }\n",
        );
    UNKNOWN_ENTITY = "D011", "A statement points to an entity that is not there.",
        Example::Data(
            "[a]\nname = \"A\"\nkind = \"thing\"\npart_of = { to = \"bb\", source = \"s\" }\n",
        );
    UNKNOWN_DATA_SOURCE = "D012", "A statement rests on a source that is not declared.",
        Example::Data(
            "[a]\nname = \"A\"\nkind = \"thing\"\npart_of = { to = \"b\", source = \"t:1\" }\n",
        );
    BAD_DATA_DATE = "D013", "A date is malformed or impossible.",
        Example::Data(
            "[a]\nname = \"A\"\nkind = \"thing\"\n\
             part_of = { to = \"b\", since = \"2021-02-30\", source = \"s\" }\n",
        );
    PERIOD_REVERSED = "D014", "A period ends before it begins.",
        Example::Data(
            "[a]\nname = \"A\"\nkind = \"thing\"\n\
             part_of = { to = \"b\", since = \"2021\", until = \"2019\", source = \"s\" }\n",
        );
    WRONG_DOMAIN = "D015", "The subject's or object's kind is outside what the relation allows.",
        Example::Data(
            "[a]\nname = \"A\"\nkind = \"thing\"\nmade_by = { to = \"b\", source = \"s\" }\n",
        );
    BAD_VALUE = "D016", "A value is not of the type, or none of the words, that its place takes.",
        Example::Data(
            "[a]\nname = \"A\"\nkind = \"thing\"\n\
             homepage = { value = \"gopher:x\", source = \"s\" }\n",
        );
    NAME_COLLISION = "D017", "Two entities bear the same name or alias without saying so.",
        Example::Data(
            "[a]\nname = \"B\"\nkind = \"thing\"\npart_of = { to = \"b\", source = \"s\" }\n",
        );
    HOSTILE_NAME = "D018", "A text holds invisible characters, or a name is not in Unicode NFC.",
        Example::Data(
            "[a]\nname = \"A\\u202E\"\nkind = \"thing\"\n\
             part_of = { to = \"b\", source = \"s\" }\n",
        );
    OLDER_SUCCESSOR = "D019", "Something newer than its successor is called its ancestor.",
        Example::Data(
            "[a]\nname = \"A\"\nkind = \"thing\"\n\
             became = { to = \"c\", since = \"2015\", source = \"s\" }\n[c]\nname = \"C\"\n\
             kind = \"thing\"\nbecame = { to = \"b\", since = \"2012\", source = \"s\" }\n",
        );
    CYCLE = "D020", "An acyclic relation leads in a circle.",
        Example::Data(
            "[a]\nname = \"A\"\nkind = \"thing\"\npart_of = { to = \"c\", source = \"s\" }\n[c]\n\
             name = \"C\"\nkind = \"thing\"\npart_of = { to = \"a\", source = \"s\" }\n",
        );
    CONFLICT = "D021", "A functional relation has two objects at the same time.",
        Example::Data(
            "[a]\nname = \"A\"\nkind = \"thing\"\n\
             owner = [{ to = \"b\", source = \"s\" }, { to = \"d\", source = \"s\" }]\n[d]\n\
             name = \"D\"\nkind = \"thing\"\n",
        );
    NO_STATEMENT = "D022", "An entity has no statement: nothing is known of it but its name.",
        Example::Data("[a]\nname = \"A\"\nkind = \"thing\"\n");
    NO_SOURCE = "D023", "Nothing but memory, or not even that, says where something comes from.",
        Example::Data("[a]\nname = \"A\"\nkind = \"thing\"\npart_of = { to = \"b\" }\n");
    DUPLICATE_STATEMENT = "D024", "The same is stated twice; one statement can have both sources.",
        Example::Data(
            "[a]\nname = \"A\"\nkind = \"thing\"\n\
             part_of = [{ to = \"b\", source = \"s\" }, { to = \"b\", source = \"s:2\" }]\n",
        );
    BAD_SCHEMA = "D025", "The schema contradicts itself.",
        Example::Schema("[kinds.thing]\ndoc = \"A thing.\"\nparent = \"thing\"\n");
    BAD_JSON = "D026", "A property graph is not JSON at some place, or not of its form.",
        Example::Surroundings;
    NOTHING_ACCEPTED = "D027", "A statement accepts a finding that there is not.",
        Example::Data(
            "[a]\nname = \"A\"\nkind = \"thing\"\n\
             part_of = { to = \"b\", source = \"s\", accepted = \"so it was\" }\n",
        );
    SYNTAX = "K001", "A query does not read as one.", Example::Query("CoreOS & | Flatcar");
    UNCLOSED = "K002", "A bracket or a quote is not closed.", Example::Query("descendants(CoreOS");
    EMPTY_NAME = "K003", "A name or pattern is empty.", Example::Query("\"\"");
    UNKNOWN_NAME = "K010", "No entity has that id, name or alias.", Example::Query("FlatCat");
    AMBIGUOUS_NAME = "K011", "Several entities bear that name.", Example::Query("Rancher");
    UNKNOWN_FUNCTION = "K012", "There is no function of that name.",
        Example::Query("successor(CoreOS)");
    UNKNOWN_RELATION = "K013", "There is no relation or group of that name.",
        Example::Query("EKS.cnii");
    UNKNOWN_KIND = "K014", "There is no kind of that name.", Example::Query("kind:operating_sytem");
    UNKNOWN_SOURCE = "K015", "There is no source of that name.", Example::Query("source:rks-71");
    WRONG_ARGUMENT = "K016", "A function is given arguments that it does not take.",
        Example::Query("path(CoreOS)");
    NOT_ONE = "K017", "A function wants one entity and is given a set that has not exactly one.",
        Example::Query("path(kind:company, CoreOS)");
    BAD_DATE = "K018", "A date is malformed or impossible.", Example::Query("CoreOS as of 2021-13");
    REPEATED = "K019", "Something is said twice that can be said once.",
        Example::Query("CoreOS as of 2020 as of 2021");
    FOREIGN = "K020", "That is how another language says it.",
        Example::Query("CoreOS AND Flatcar");
    HYPHEN = "K021", "A `-` could be part of a name or a difference.",
        Example::Query("CoreOS -Flatcar");
    FULL_WIDTH = "K022", "A full-width sign stands where kin wants the plain one.",
        Example::Query("descendants（CoreOS）");
    BAD_DEFINITION = "K024", "A definition cannot bear that name.",
        Example::Query("let successors = CoreOS; successors");
    BAD_PATTERN = "K025", "A pattern is malformed.", Example::Query("glob:\"[a\"");
    NOT_A_SET = "K026", "An answer that is no set of entities stands where a set is wanted.",
        Example::Query("roots(count(CoreOS))");
    UNKNOWN_VARIABLE = "K027", "A variable is not bound here.",
        Example::Query("match (a) return b");
    UNKNOWN_PARAMETER = "K028", "A parameter is not given.", Example::Query("$product.cni");
    BAD_VARIABLE = "K029", "A variable is used for two things, or bound twice.",
        Example::Query("match (a)-[a]->(b) return a");
    BAD_PATH = "K030", "The words before a path do not go together, or it has no end.",
        Example::Query("match p = walk (a)-[]->+(b) return p");
    BAD_COLUMN = "K031", "A column is missing, doubled, or not to be seen any more.",
        Example::Query("match (a)-->(b) return a.name as x, b.name as x");
    MISPLACED_AGGREGATE = "K032",
        "An aggregate stands where there are no groups, or beside a value that differs within one.",
        Example::Query("kind:company |> where sum(name) > 1");
    NO_VALUE = "K033",
        "An expression has no value: of a wrong type, too large, or a division by zero.",
        Example::Query("match (a in EKS) return 1 / 0");
    BAD_TARGET = "K034", "An answer cannot go there: no such format, no such kind of file, or a \
        place where none may be written.", Example::Query("CoreOS as jsn");
}

/// The row of a code, by its id in any case.
pub fn find(id: &str) -> Option<&'static Code> {
    CODES
        .iter()
        .copied()
        .find(|code| code.id.eq_ignore_ascii_case(id))
}
