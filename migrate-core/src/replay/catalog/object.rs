//! Objects of the catalog.

use std::sync::Arc;

use crate::replay::model::{Code, Name, ObjectKind, Place, RoutinePath, Text};
use crate::source::FileId;

use super::{Definition, Key};

/// Identity of an object, which a rename does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id(pub(crate) u32);

/// Where something was created, renamed or dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Site {
    /// The file it stands in.
    pub(crate) file: FileId,
    pub(crate) place: Place,
}

/// What became of a name.
#[derive(Debug, Clone)]
pub(crate) struct Tombstone {
    pub(crate) site: Site,
    /// The new name, where it was renamed rather than dropped.
    pub(crate) renamed_to: Option<Text>,
}

/// Something that another thing needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Dependency {
    /// A relation, as a whole.
    Relation(Id),
    /// A column of a relation.
    Column(Id, Id),
    Function(Id),
    /// One of several functions of a name, chosen by types of arguments.
    PerhapsFunction(Id),
    Type(Id),
    /// An operator or its like.
    Typed(Id),
}

/// Whatever can stand in `FROM`, and what shares its names: indexes and sequences.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Relation {
    pub(crate) id: Id,
    pub(crate) kind: ObjectKind,
    /// Certainly there.
    pub(crate) is_certain: bool,
    /// May have columns, constraints and so on that are not listed.
    pub(crate) is_open: bool,
    /// May have constraints, indexes and triggers that are not listed.
    pub(crate) has_hidden_parts: bool,
    /// Its engine passes over foreign keys.
    pub(crate) ignores_foreign_keys: bool,
    /// What is listed of its columns and parts, beyond their names, may be out of date.
    pub(crate) is_vague: bool,
    pub(crate) site: Option<Site>,
    pub(crate) columns: Vec<Column>,
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) triggers: Vec<Part>,
    pub(crate) policies: Vec<Policy>,
    pub(crate) rules: Vec<Policy>,
    /// What a view's query needs.
    pub(crate) uses: Vec<Dependency>,
    /// For an index.
    pub(crate) index: Option<IndexData>,
    /// For a sequence: the column it falls with.
    pub(crate) owner: Option<(Id, Id)>,
    /// For a sequence that comes with a column: the name that is said there.
    pub(crate) said_name: Option<Key>,
    /// The virtual table whose module keeps it, and with which it goes.
    pub(crate) shadow_of: Option<Id>,
    /// What is known of its columns, where it is a virtual table.
    pub(crate) module: Option<Module>,
    /// Tables it inherits from.
    pub(crate) parents: Vec<Id>,
    /// Columns that rows are told apart by into partitions.
    pub(crate) partition_key: Option<PartitionKey>,
    /// A partition: it goes with its parent.
    pub(crate) is_partition: bool,
    /// Whether row-level security is enabled; `None` where it may or may not be.
    pub(crate) row_security: Option<bool>,
    /// Columns of a view whose names the server made up.
    pub(crate) derived: Vec<Text>,
    /// It once had another name, which those of its constraints may still begin with.
    pub(crate) was_renamed: bool,
    /// Columns that were dropped or renamed.
    pub(crate) gone_columns: Vec<(Text, Tombstone)>,
    /// The statement that made it.
    pub(crate) definition: Option<Definition>,
}

/// The columns that the module of a virtual table gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Module {
    /// Those that are listed, and hidden ones: `rank`, and one with the table's own name.
    ///
    /// Source: `SQLite` documentation, "FTS5 Extension", "Overview of FTS5".
    Listed,
    /// Perhaps others.
    Open,
}

impl Module {
    /// Whether a table has the column besides those that are listed.
    pub(crate) fn has_hidden(self, table: &str, column: &str) -> bool {
        match self {
            Module::Listed => column == "rank" || column.eq_ignore_ascii_case(table),
            Module::Open => true,
        }
    }
}

impl Relation {
    pub(crate) fn new(id: Id, kind: ObjectKind, site: Option<Site>) -> Self {
        Relation {
            id,
            kind,
            is_certain: true,
            is_open: false,
            has_hidden_parts: false,
            ignores_foreign_keys: false,
            is_vague: false,
            site,
            columns: Vec::new(),
            constraints: Vec::new(),
            triggers: Vec::new(),
            policies: Vec::new(),
            rules: Vec::new(),
            uses: Vec::new(),
            index: None,
            owner: None,
            said_name: None,
            shadow_of: None,
            module: None,
            parents: Vec::new(),
            partition_key: None,
            is_partition: false,
            row_security: Some(false),
            derived: Vec::new(),
            was_renamed: false,
            gone_columns: Vec::new(),
            definition: None,
        }
    }

    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| &*column.name == name)
    }

    pub(crate) fn column_mut(&mut self, name: &str) -> Option<&mut Column> {
        self.columns.iter_mut().find(|column| &*column.name == name)
    }

    /// Puts a column behind another one, or first.
    pub(crate) fn put_column(&mut self, name: &str, after: Option<&str>) {
        let place = |columns: &[Column], name| columns.iter().position(|own| &*own.name == name);
        let Some(from) = place(&self.columns, name) else { return };
        let column = self.columns.remove(from);
        let to = match after {
            Some(after) => place(&self.columns, after).map_or(from, |after| after + 1),
            None => 0,
        };
        self.columns.insert(to, column);
    }

    /// Whether a column of the name was dropped or renamed.
    pub(crate) fn had_column(&self, name: &str) -> bool {
        self.gone_columns.iter().any(|(gone, _)| &**gone == name)
    }

    /// Whether it is a table that rows can be put into.
    pub(crate) fn is_table(&self) -> bool {
        matches!(self.kind, ObjectKind::Table | ObjectKind::ForeignTable)
    }
}

/// What the rows of a partitioned table are told apart by.
#[derive(Debug, Clone)]
pub(crate) struct PartitionKey {
    pub(crate) columns: Vec<Id>,
    /// Expressions are among them.
    pub(crate) has_expressions: bool,
}

/// A column.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Column {
    pub(crate) id: Id,
    pub(crate) name: Text,
    /// The type as it is written.
    pub(crate) type_name: Text,
    pub(crate) not_null: bool,
    pub(crate) default: Option<Text>,
    /// Its type changed since the default was set.
    pub(crate) is_converted: bool,
    pub(crate) is_generated: bool,
    /// `GENERATED ALWAYS AS IDENTITY`: it takes no value unless a statement overrides that.
    pub(crate) is_always_identity: bool,
    /// Its default is the next number of the sequence that came with it.
    pub(crate) counts: bool,
    /// `*` may leave it out.
    pub(crate) may_be_invisible: bool,
    /// What its default, its expression and its type need.
    pub(crate) uses: Vec<Dependency>,
    pub(crate) is_certain: bool,
    pub(crate) site: Option<Site>,
    /// The statement that made it, with the place of its name.
    pub(crate) definition: Option<Definition>,
    /// Its name as a later statement wrote it, where case does not count.
    pub(crate) spelled: Option<Text>,
}

impl Column {
    /// A column of which no more is known than its name.
    pub(crate) fn new(id: Id, name: Text, site: Option<Site>) -> Self {
        Column {
            id,
            name,
            type_name: Text::from(""),
            not_null: false,
            default: None,
            is_converted: false,
            is_generated: false,
            is_always_identity: false,
            counts: false,
            may_be_invisible: false,
            uses: Vec::new(),
            is_certain: true,
            site,
            definition: None,
            spelled: None,
        }
    }
}

/// A constraint of a table.
#[derive(Debug, Clone)]
pub(crate) struct Constraint {
    pub(crate) name: Text,
    pub(crate) rule: ConstraintRule,
    pub(crate) is_certain: bool,
    pub(crate) site: Option<Site>,
    /// The statement that added it, with a place in its text.
    pub(crate) definition: Option<Definition>,
}

/// What a constraint demands.
#[derive(Debug, Clone)]
pub(crate) enum ConstraintRule {
    /// Columns of the key; the index has the constraint's name.
    Primary(Vec<Id>),
    Unique(Vec<Id>),
    Exclude(Vec<Dependency>),
    Check(Vec<Dependency>),
    Foreign {
        columns: Vec<Id>,
        table: Option<Id>,
        /// Columns of the other table; empty where unknown.
        referenced: Vec<Id>,
    },
}

/// A trigger.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) name: Text,
    pub(crate) is_certain: bool,
    pub(crate) site: Option<Site>,
    pub(crate) uses: Vec<Dependency>,
    pub(crate) definition: Option<Definition>,
}

/// A policy or rule.
pub(crate) type Policy = Part;

/// What is known of an index.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct IndexData {
    /// The table's identity.
    pub(crate) table: Id,
    /// Plain columns; `None` where an expression is among them.
    pub(crate) columns: Option<Vec<Id>>,
    pub(crate) is_unique: bool,
    pub(crate) is_partial: bool,
    pub(crate) uses: Vec<Dependency>,
    /// The constraint that it belongs to.
    pub(crate) of_constraint: bool,
    /// The server makes it for a foreign key over just its columns, if nothing else serves.
    pub(crate) is_implied: bool,
}

/// A type or domain.
#[derive(Debug, Clone)]
pub(crate) struct TypeData {
    pub(crate) id: Id,
    pub(crate) kind: TypeKind,
    /// What it is made of, and goes with.
    pub(crate) uses: Vec<Dependency>,
    /// What its fields and checks need, which go alone.
    pub(crate) parts: Vec<Dependency>,
    pub(crate) is_certain: bool,
    pub(crate) site: Option<Site>,
    pub(crate) definition: Option<Definition>,
}

/// What a type is.
#[derive(Debug, Clone)]
pub(crate) enum TypeKind {
    /// Labels; may have others where it is open.
    Enum {
        labels: Vec<Text>,
        is_open: bool,
    },
    Composite {
        fields: Vec<Text>,
        is_open: bool,
    },
    Domain {
        /// Names of its checks.
        constraints: Vec<Text>,
        /// It has others, under names that the server made up.
        has_made_up: bool,
        is_open: bool,
    },
    /// Ranges, base types and shells.
    Other,
}

impl TypeKind {
    /// Leaves open what else belongs to the type.
    pub(crate) fn open(&mut self) {
        match self {
            TypeKind::Enum { is_open, .. }
            | TypeKind::Composite { is_open, .. }
            | TypeKind::Domain { is_open, .. } => {
                *is_open = true;
            }
            TypeKind::Other => {}
        }
    }
}

/// A function, procedure or aggregate.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(crate) id: Id,
    pub(crate) kind: ObjectKind,
    /// Types of the arguments it is told by; `None` for one that is unknown.
    pub(crate) arguments: Vec<Option<Text>>,
    /// The types of all parameters of a procedure, where some of them are for results alone.
    pub(crate) with_results: Option<Vec<Option<Text>>>,
    /// Fewest and most arguments in a call; `None` without limit.
    pub(crate) fewest: usize,
    pub(crate) most: Option<usize>,
    pub(crate) signature: Option<Signature>,
    /// What it does when it is called, where that can be read.
    pub(crate) code: Option<Arc<Code>>,
    /// Names of what it returns, where that is rows.
    pub(crate) columns: Option<Vec<Text>>,
    pub(crate) uses: Vec<Dependency>,
    pub(crate) is_certain: bool,
    pub(crate) site: Option<Site>,
    pub(crate) definition: Option<Definition>,
}

impl Function {
    /// Leaves open under which path it runs, where another way may have given it another one.
    pub(crate) fn doubt_path(&mut self, other: &Function) {
        let (Some(code), Some(others)) = (&mut self.code, &other.code) else { return };
        let is_callers = |code: &Code| matches!(code.path, RoutinePath::Callers);
        if !(Arc::ptr_eq(code, others) || is_callers(code) && is_callers(others)) {
            Arc::make_mut(code).path = RoutinePath::Unknown;
        }
    }
}

/// What of a function has to stay when it is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    /// The type, or the names of the columns of a table.
    pub(crate) returns: Vec<Text>,
    /// Names of the parameters, where they have some.
    pub(crate) names: Vec<Option<Text>>,
    /// How many of the parameters have a default.
    pub(crate) defaults: usize,
}

/// A thing of which only the name counts.
#[derive(Debug, Clone)]
pub(crate) struct SimpleObject {
    pub(crate) is_certain: bool,
    /// For an extension: the schema that it lies in, where that is known.
    pub(crate) schema: Option<Text>,
    pub(crate) site: Option<Site>,
    pub(crate) definition: Option<Definition>,
}

impl Key {
    /// The key of a name in a schema.
    pub(crate) fn of(schema: &Text, name: &Name) -> Self {
        Key { schema: schema.clone(), name: name.text.clone() }
    }
}
