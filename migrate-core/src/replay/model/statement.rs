//! Statements.

use super::{
    AlterTable, AlterType, Block, CreateFunction, CreateTable, CreateTrigger, CreateType,
    CreateTyped, Drop, Expression, FromItem, Name, ObjectReference, Place, Prepared, QualifiedName,
    Query, Rename, RoutinePath, SetSchema, SetVariable, Target, Text,
};
use crate::diagnostics::Code;

/// A statement and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) place: Place,
    pub(crate) kind: StatementKind,
}

/// What a statement does.
#[derive(Debug, Clone)]
pub(crate) enum StatementKind {
    CreateSchema {
        name: Option<Name>,
        if_not_exists: bool,
        elements: Vec<Statement>,
    },
    CreateTable(Box<CreateTable>),
    /// `CREATE VIRTUAL TABLE`, whose module keeps tables of its own.
    CreateVirtualTable(Box<CreateTable>, Shadows),
    AlterTable(Box<AlterTable>),
    CreateIndex(Box<CreateIndex>),
    CreateSequence {
        name: QualifiedName,
        temporary: bool,
        if_not_exists: bool,
        owner: Option<ObjectReference>,
    },
    /// `ALTER SEQUENCE … OWNED BY`; without an owner it stands on its own from now on.
    OwnSequence {
        sequence: ObjectReference,
        if_exists: bool,
        owner: Option<ObjectReference>,
    },
    CreateType(Box<CreateType>),
    AlterType {
        name: QualifiedName,
        actions: Vec<AlterType>,
    },
    CreateView(Box<CreateView>),
    CreateFunction(Box<CreateFunction>),
    CreateTrigger(Box<CreateTrigger>),
    CreatePolicy(Box<CreatePolicy>),
    /// `ALTER POLICY`, whose expressions take the place of the policy's own.
    AlterPolicy(Box<CreatePolicy>),
    CreateRule {
        name: Name,
        table: QualifiedName,
        replace: bool,
        condition: Option<Expression>,
        actions: Vec<Statement>,
    },
    CreateExtension {
        name: Name,
        if_not_exists: bool,
        schema: Option<Name>,
        /// With `CASCADE`, which passes over a schema that does not fit, or `VERSION`, whose
        /// demands are not known.
        is_lenient: bool,
    },
    /// An operator and its like.
    CreateTyped(Box<CreateTyped>),
    /// A role, publication, collation or other object of which only the name counts.
    CreateObject {
        target: ObjectReference,
        if_not_exists: bool,
        replace: bool,
        uses: Vec<ObjectReference>,
        /// The tables of a publication, where no others are in it.
        members: Option<Vec<QualifiedName>>,
    },
    AlterPublication(Box<AlterPublication>),
    Drop(Drop),
    Rename(Rename),
    SetSchema(SetSchema),
    /// Names things that must exist: grants, comments, owners.
    Refer(Vec<ObjectReference>),
    /// `TRUNCATE`, where foreign keys keep the rows they refer to.
    Truncate(QualifiedName),
    Insert(Box<Insert>),
    Update(Box<Update>),
    Delete(Box<Delete>),
    Merge(Box<Merge>),
    Query(Box<Query>),
    /// Runs at once: `DO`.
    Block(Box<Block>),
    /// `SET search_path`; `None` where it goes back to the default or cannot be read.
    SearchPath {
        path: Option<Vec<Name>>,
        local: bool,
    },
    /// `ALTER FUNCTION … SET search_path`.
    AlterRoutinePath {
        target: ObjectReference,
        path: RoutinePath,
    },
    /// `COMMIT`.
    EndTransaction,
    /// `DROP OWNED`: what a role owns goes, whatever that is.
    DropOwned,
    /// `DISCARD TEMP`, and `DISCARD ALL`, which takes back the session's settings as well.
    Discard {
        all: bool,
    },
    /// `SET check_function_bodies`.
    CheckFunctionBodies(bool),
    /// `SET @name = value`, on its own or beside others.
    SetVariables(Vec<SetVariable>),
    /// `PREPARE` and `EXECUTE`.
    Prepared(Prepared),
    /// `SET foreign_key_checks`.
    ForeignKeyChecks(bool),
    /// `CALL procedure(arguments)`.
    Call {
        name: QualifiedName,
        arguments: Box<Query>,
        /// The arguments as they are written, where values of variables are kept.
        written: Vec<Text>,
    },
    /// Does not run: only its names are looked up.
    LookInto(Box<Statement>),
    /// Changes nothing that the catalog knows.
    Nothing,
    /// A semicolon that ends nothing, where the server minds.
    Empty,
    Opaque(Opaque),
    /// What the server refuses, though it is clear what is meant.
    Refused {
        code: Code,
        message: String,
        at: Place,
        /// It is taken where the table that it would make is there already.
        unless_there: bool,
        meant: Box<StatementKind>,
    },
    /// Text that is not SQL of this server.
    Invalid {
        message: String,
        at: Place,
    },
}

impl StatementKind {
    /// This, which is meant, but which the server refuses.
    pub(crate) fn refused(self, code: Code, at: Place, message: impl Into<String>) -> Self {
        StatementKind::Refused {
            code,
            message: message.into(),
            at,
            unless_there: false,
            meant: Box::new(self),
        }
    }

    /// Whether it reads or changes rows; but for `SELECT … INTO`, the catalog stays as it is.
    pub(crate) fn is_about_rows(&self) -> bool {
        matches!(
            self,
            StatementKind::Insert(_)
                | StatementKind::Update(_)
                | StatementKind::Delete(_)
                | StatementKind::Merge(_)
                | StatementKind::Query(_)
        )
    }
}

/// The tables that the module of a virtual table keeps beside it.
#[derive(Debug, Clone)]
pub(crate) enum Shadows {
    /// Those with these ends after the table's name and a `_`, or some of them.
    Ending(&'static [&'static str]),
    /// With any end.
    Any,
}

/// A statement that the adapter cannot read, or that can do anything.
#[derive(Debug, Clone)]
pub(crate) struct Opaque {
    /// What kind of statement it is, for the list.
    pub(crate) what: Text,
    /// Words and quoted names in it; `None` where it may touch what it does not name.
    pub(crate) mentions: Option<Vec<Text>>,
}

/// `CREATE INDEX`.
#[derive(Debug, Clone)]
pub(crate) struct CreateIndex {
    /// The server makes one up where none is written.
    pub(crate) name: Option<Name>,
    pub(crate) if_not_exists: bool,
    pub(crate) unique: bool,
    pub(crate) table: QualifiedName,
    /// The access method, where it is written and the server may lack it.
    pub(crate) method: Option<Name>,
    /// Operator classes that are written, for the method at hand.
    pub(crate) classes: Vec<ObjectReference>,
    pub(crate) items: Vec<Expression>,
    pub(crate) included: Vec<Expression>,
    pub(crate) condition: Option<Expression>,
}

impl CreateIndex {
    /// An index over the items, with nothing else said of it.
    pub(crate) fn over(table: QualifiedName, items: Vec<Expression>) -> Self {
        CreateIndex {
            name: None,
            if_not_exists: false,
            unique: false,
            table,
            method: None,
            classes: Vec::new(),
            items,
            included: Vec::new(),
            condition: None,
        }
    }
}

/// `CREATE VIEW`, also materialised.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of the statement")]
pub(crate) struct CreateView {
    pub(crate) name: QualifiedName,
    pub(crate) materialized: bool,
    pub(crate) temporary: bool,
    pub(crate) recursive: bool,
    pub(crate) replace: bool,
    pub(crate) if_not_exists: bool,
    pub(crate) columns: Vec<Name>,
    pub(crate) query: Query,
}

/// `ALTER PUBLICATION … ADD TABLE` and its kin, and the tables of a new one.
#[derive(Debug, Clone)]
pub(crate) struct AlterPublication {
    pub(crate) name: Name,
    pub(crate) change: PublicationChange,
    pub(crate) tables: Vec<QualifiedName>,
    pub(crate) columns: Vec<ObjectReference>,
    /// More than tables is named: all that there are, or those of a schema.
    pub(crate) is_open: bool,
}

/// What becomes of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PublicationChange {
    Add,
    Drop,
    Set,
}

/// `CREATE POLICY`.
#[derive(Debug, Clone)]
pub(crate) struct CreatePolicy {
    pub(crate) name: Name,
    pub(crate) table: QualifiedName,
    pub(crate) roles: Vec<Name>,
    pub(crate) expressions: Vec<Expression>,
}

/// `INSERT`.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of the statement")]
pub(crate) struct Insert {
    pub(crate) common: Vec<super::CommonTable>,
    pub(crate) recursive: bool,
    pub(crate) table: QualifiedName,
    pub(crate) alias: Option<Name>,
    /// Empty where none are written.
    pub(crate) columns: Vec<Name>,
    /// Parts of columns are meant: elements and fields.
    pub(crate) fills_parts: bool,
    /// `OVERRIDING … VALUE`: columns that count by themselves may be given values.
    pub(crate) overrides: bool,
    /// `IGNORE`, `OR …`, `REPLACE`: what a constraint refuses may be left out or changed.
    pub(crate) is_lenient: bool,
    pub(crate) source: InsertSource,
    pub(crate) conflict: Option<Conflict>,
    pub(crate) returning: Vec<Target>,
}

/// What an `INSERT` inserts.
#[derive(Debug, Clone)]
pub(crate) enum InsertSource {
    Defaults,
    Query(Box<Query>),
}

/// `ON CONFLICT`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conflict {
    /// Columns or expressions of the key that is meant.
    pub(crate) target: Vec<Expression>,
    pub(crate) target_condition: Option<Expression>,
    pub(crate) constraint: Option<Name>,
    pub(crate) assignments: Vec<Assignment>,
    pub(crate) condition: Option<Expression>,
}

/// `SET columns = value`.
#[derive(Debug, Clone)]
pub(crate) struct Assignment {
    pub(crate) columns: Vec<Name>,
    /// Parts of columns are meant: elements and fields.
    pub(crate) fills_parts: bool,
    pub(crate) value: Expression,
}

/// `UPDATE`.
#[derive(Debug, Clone)]
pub(crate) struct Update {
    pub(crate) common: Vec<super::CommonTable>,
    pub(crate) recursive: bool,
    pub(crate) table: QualifiedName,
    pub(crate) alias: Option<Name>,
    pub(crate) assignments: Vec<Assignment>,
    pub(crate) from: Vec<FromItem>,
    pub(crate) condition: Option<Expression>,
    pub(crate) returning: Vec<Target>,
}

/// `DELETE`.
#[derive(Debug, Clone)]
pub(crate) struct Delete {
    pub(crate) common: Vec<super::CommonTable>,
    pub(crate) recursive: bool,
    pub(crate) table: QualifiedName,
    pub(crate) alias: Option<Name>,
    pub(crate) using: Vec<FromItem>,
    pub(crate) condition: Option<Expression>,
    pub(crate) returning: Vec<Target>,
}

/// `MERGE`.
#[derive(Debug, Clone)]
pub(crate) struct Merge {
    pub(crate) common: Vec<super::CommonTable>,
    pub(crate) recursive: bool,
    pub(crate) table: QualifiedName,
    pub(crate) alias: Option<Name>,
    pub(crate) source: FromItem,
    /// Conditions and the values of all branches.
    pub(crate) expressions: Vec<Expression>,
    /// Columns that branches set or fill.
    pub(crate) columns: Vec<Name>,
}
