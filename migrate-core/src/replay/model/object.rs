//! Objects that are named, dropped and renamed alike.

use super::{ColumnDefinition, Constraint, Expression, Name, QualifiedName, Text, TypeName};

/// What a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ObjectKind {
    Schema,
    Table,
    ForeignTable,
    View,
    MaterializedView,
    /// Whatever can stand in `FROM`, or any of its kin, as in `GRANT … ON`.
    Relation,
    Index,
    Sequence,
    Type,
    Domain,
    Function,
    Procedure,
    Aggregate,
    /// A function, procedure or aggregate.
    Routine,
    Column,
    Constraint,
    Trigger,
    Policy,
    Rule,
    Extension,
    Role,
    Publication,
    Collation,
    Statistics,
    Server,
    Language,
    EventTrigger,
    Operator,
    Cast,
    OperatorClass,
    OperatorFamily,
    AccessMethod,
    /// Anything else: its uses are not looked up.
    Other,
}

impl ObjectKind {
    /// Whether it shares its names with tables.
    pub(crate) fn is_relation(self) -> bool {
        matches!(
            self,
            ObjectKind::Table
                | ObjectKind::ForeignTable
                | ObjectKind::View
                | ObjectKind::MaterializedView
                | ObjectKind::Relation
                | ObjectKind::Index
                | ObjectKind::Sequence
        )
    }

    /// What people call one of them: `a table`, `an index`.
    pub(crate) fn one(self) -> String {
        let noun = self.noun();
        let article = if noun.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
        format!("{article} {noun}")
    }

    /// What people call it.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            ObjectKind::Schema => "schema",
            ObjectKind::Table => "table",
            ObjectKind::ForeignTable => "foreign table",
            ObjectKind::View => "view",
            ObjectKind::MaterializedView => "materialized view",
            ObjectKind::Relation => "relation",
            ObjectKind::Index => "index",
            ObjectKind::Sequence => "sequence",
            ObjectKind::Type => "type",
            ObjectKind::Domain => "domain",
            ObjectKind::Function => "function",
            ObjectKind::Procedure => "procedure",
            ObjectKind::Aggregate => "aggregate",
            ObjectKind::Routine => "routine",
            ObjectKind::Column => "column",
            ObjectKind::Constraint => "constraint",
            ObjectKind::Trigger => "trigger",
            ObjectKind::Policy => "policy",
            ObjectKind::Rule => "rule",
            ObjectKind::Extension => "extension",
            ObjectKind::Role => "role",
            ObjectKind::Publication => "publication",
            ObjectKind::Collation => "collation",
            ObjectKind::Statistics => "statistics object",
            ObjectKind::Server => "server",
            ObjectKind::Language => "language",
            ObjectKind::EventTrigger => "event trigger",
            ObjectKind::Operator => "operator",
            ObjectKind::Cast => "cast",
            ObjectKind::OperatorClass => "operator class",
            ObjectKind::OperatorFamily => "operator family",
            ObjectKind::AccessMethod => "access method",
            ObjectKind::Other => "object",
        }
    }
}

/// A use of an object's name.
#[derive(Debug, Clone)]
pub(crate) struct ObjectReference {
    pub(crate) kind: ObjectKind,
    pub(crate) name: QualifiedName,
    /// The table (or domain) that a column, constraint, trigger, policy or rule belongs to; the
    /// access method of an operator class or family.
    pub(crate) on: Option<QualifiedName>,
    /// Argument types of a routine, where they are written; operands, or what a cast goes between.
    pub(crate) arguments: Option<Vec<TypeName>>,
}

/// `DROP …`.
#[derive(Debug, Clone)]
pub(crate) struct Drop {
    pub(crate) targets: Vec<ObjectReference>,
    pub(crate) if_exists: bool,
    pub(crate) among: Among,
    pub(crate) cascade: bool,
}

/// Among which tables a name is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Among {
    /// All, the temporary ones first.
    All,
    /// Those that are temporary, as `MySQL` says.
    Temporary,
    /// Those that are not.
    Lasting,
}

/// `ALTER … RENAME TO …`.
#[derive(Debug, Clone)]
pub(crate) struct Rename {
    pub(crate) target: ObjectReference,
    pub(crate) if_exists: bool,
    pub(crate) to: Name,
}

/// `ALTER … SET SCHEMA …`.
#[derive(Debug, Clone)]
pub(crate) struct SetSchema {
    pub(crate) target: ObjectReference,
    pub(crate) if_exists: bool,
    pub(crate) schema: Name,
}

/// `CREATE TYPE` and `CREATE DOMAIN`.
#[derive(Debug, Clone)]
pub(crate) struct CreateType {
    pub(crate) name: QualifiedName,
    pub(crate) body: TypeBody,
}

/// What a new type is made of.
#[derive(Debug, Clone)]
pub(crate) enum TypeBody {
    Enum(Vec<Name>),
    Composite(Vec<ColumnDefinition>),
    Domain {
        base: TypeName,
        constraints: Vec<Constraint>,
    },
    /// A range, with the name of the type for several of them.
    Range {
        multirange: Text,
        subtype: Option<TypeName>,
        /// The functions that it uses.
        functions: Vec<QualifiedName>,
    },
    /// Base types and shells.
    Other,
}

/// `ALTER TYPE` and `ALTER DOMAIN`, as far as it is not a rename of the whole.
#[derive(Debug, Clone)]
pub(crate) enum AlterType {
    AddValue {
        if_not_exists: bool,
        value: Name,
        beside: Option<Name>,
        /// In front of the value beside, rather than behind it.
        is_before: bool,
    },
    RenameValue {
        from: Name,
        to: Name,
    },
    AddAttribute(ColumnDefinition),
    DropAttribute {
        name: Name,
        if_exists: bool,
    },
    RenameAttribute {
        from: Name,
        to: Name,
    },
    AlterAttribute {
        name: Name,
        type_name: TypeName,
    },
    AddConstraint(Constraint),
    DropConstraint {
        name: Name,
        if_exists: bool,
    },
    RenameConstraint {
        from: Name,
        to: Name,
    },
    ReferConstraint(Name),
    SetDefault(Expression),
    Nothing,
}

impl AlterType {
    /// Whether it names a value or field that is known only at run time.
    pub(crate) fn names_wildcard(&self) -> bool {
        match self {
            AlterType::AddValue { value, beside, .. } => {
                value.is_wildcard() || beside.as_ref().is_some_and(Name::is_wildcard)
            }
            AlterType::RenameValue { from, to }
            | AlterType::RenameAttribute { from, to }
            | AlterType::RenameConstraint { from, to } => from.is_wildcard() || to.is_wildcard(),
            AlterType::AddAttribute(column) => column.name.is_wildcard(),
            AlterType::DropAttribute { name, .. }
            | AlterType::AlterAttribute { name, .. }
            | AlterType::DropConstraint { name, .. }
            | AlterType::ReferConstraint(name) => name.is_wildcard(),
            AlterType::AddConstraint(constraint) => {
                constraint.name.as_ref().is_some_and(Name::is_wildcard)
            }
            _ => false,
        }
    }
}
