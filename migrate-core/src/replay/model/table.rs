//! Tables and what is done to them.

use super::{
    CreateIndex, Expression, Name, ObjectKind, Place, QualifiedName, Query, Text, TypeName,
};

/// `CREATE TABLE`, also `AS`, foreign and partition.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of the statement")]
pub(crate) struct CreateTable {
    pub(crate) kind: ObjectKind,
    pub(crate) name: QualifiedName,
    pub(crate) if_not_exists: bool,
    pub(crate) temporary: bool,
    /// `ON COMMIT DROP`.
    pub(crate) ends_with_transaction: bool,
    pub(crate) columns: Vec<ColumnDefinition>,
    pub(crate) constraints: Vec<Constraint>,
    pub(crate) likes: Vec<Like>,
    /// `INHERITS`, and the one of `PARTITION OF`.
    pub(crate) parents: Vec<QualifiedName>,
    pub(crate) is_partition: bool,
    pub(crate) of_type: Option<QualifiedName>,
    pub(crate) partition_keys: Vec<Expression>,
    /// `AS SELECT`.
    pub(crate) query: Option<Query>,
    /// Names given to the query's results.
    pub(crate) query_columns: Vec<Name>,
    pub(crate) server: Option<Name>,
    /// Indexes that are written inside the table, as `MySQL` allows.
    pub(crate) indexes: Vec<CreateIndex>,
    /// Its engine reads foreign keys and passes them over.
    pub(crate) ignores_foreign_keys: bool,
}

impl CreateTable {
    /// A table with nothing in it.
    pub(crate) fn new(name: QualifiedName) -> Self {
        CreateTable {
            kind: ObjectKind::Table,
            name,
            if_not_exists: false,
            temporary: false,
            ends_with_transaction: false,
            columns: Vec::new(),
            constraints: Vec::new(),
            likes: Vec::new(),
            parents: Vec::new(),
            is_partition: false,
            of_type: None,
            partition_keys: Vec::new(),
            query: None,
            query_columns: Vec::new(),
            server: None,
            indexes: Vec::new(),
            ignores_foreign_keys: false,
        }
    }
}

/// `LIKE other INCLUDING …`.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of the statement")]
pub(crate) struct Like {
    pub(crate) table: QualifiedName,
    pub(crate) with_indexes: bool,
    pub(crate) with_constraints: bool,
    pub(crate) with_defaults: bool,
    /// The expressions of generated columns come along.
    pub(crate) with_generated: bool,
    /// What counts by itself goes on counting.
    pub(crate) with_identity: bool,
}

/// A column as it is written.
#[derive(Debug, Clone)]
pub(crate) struct ColumnDefinition {
    pub(crate) name: Name,
    pub(crate) type_name: Option<TypeName>,
    pub(crate) constraints: Vec<Constraint>,
    /// `*` may leave it out; which versions do is not known where a comment says it.
    pub(crate) may_be_invisible: bool,
}

/// A constraint of a column or a table.
#[derive(Debug, Clone)]
pub(crate) struct Constraint {
    pub(crate) name: Option<Name>,
    pub(crate) kind: ConstraintKind,
    pub(crate) place: Place,
}

/// A column that counts by itself.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    /// Whether no value may be given.
    pub(crate) always: bool,
    /// What its sequence is called, where that is said.
    pub(crate) sequence: Option<QualifiedName>,
}

/// What a constraint demands.
#[derive(Debug, Clone)]
pub(crate) enum ConstraintKind {
    NotNull,
    Null,
    /// With the source text for the schema's listing.
    Default(Expression, Text),
    Generated(Expression),
    Identity(Identity),
    Check(Expression),
    Primary {
        columns: Vec<Name>,
        using_index: Option<Name>,
    },
    Unique {
        columns: Vec<Name>,
        using_index: Option<Name>,
    },
    Foreign {
        columns: Vec<Name>,
        table: QualifiedName,
        referenced: Vec<Name>,
    },
    Exclude {
        /// The access method, where it is written.
        method: Option<Name>,
        /// What is compared, in its order.
        elements: Vec<Expression>,
        /// What else is said: a condition.
        others: Vec<Expression>,
    },
}

/// `ALTER TABLE` and its kin.
#[derive(Debug, Clone)]
pub(crate) struct AlterTable {
    pub(crate) name: QualifiedName,
    pub(crate) if_exists: bool,
    pub(crate) actions: Vec<TableAction>,
}

/// One action of `ALTER TABLE`.
#[derive(Debug, Clone)]
pub(crate) enum TableAction {
    AddColumn {
        if_not_exists: bool,
        column: ColumnDefinition,
    },
    DropColumn {
        name: Name,
        if_exists: bool,
        cascade: bool,
    },
    RenameColumn {
        from: Name,
        to: Name,
    },
    RenameTo(QualifiedName),
    SetSchema(Name),
    AddConstraint(Constraint),
    DropConstraint {
        name: Name,
        if_exists: bool,
        cascade: bool,
    },
    RenameConstraint {
        from: Name,
        to: Name,
    },
    ReferConstraint(Name),
    SetType {
        column: Name,
        type_name: TypeName,
        using: Option<Expression>,
    },
    SetDefault {
        column: Name,
        value: Expression,
        source: Text,
    },
    DropDefault(Name),
    /// The column stands behind another one, or first.
    Place {
        column: Name,
        after: Option<Name>,
    },
    SetNotNull(Name, bool),
    AddIdentity(Name, Identity),
    /// `SET GENERATED …`.
    SetIdentity {
        column: Name,
        always: bool,
    },
    DropIdentity(Name),
    /// A generated column becomes an ordinary one.
    DropGenerated(Name),
    /// Everything that is said of a column is said anew here; the actions beside it say what.
    Redefine(Name),
    /// Whether `*` may leave the column out.
    SetInvisible(Name, bool),
    /// Names a column and changes nothing the catalog knows.
    ReferColumn(Name),
    ReferTrigger(Name),
    ReferRule(Name),
    ReferIndex(Name),
    ReferRole(Name),
    AttachPartition(QualifiedName),
    DetachPartition(QualifiedName),
    Inherit(QualifiedName),
    NoInherit(QualifiedName),
    RowSecurity(bool),
    /// The table gets another engine, which may pass over foreign keys.
    IgnoreForeignKeys(bool),
    /// The end of a statement that drops columns: now nothing may speak of them any more.
    Settle,
    /// The end of a statement that may leave a column that counts without a key, or beside another.
    CountsOnce(Place),
    Nothing,
}
