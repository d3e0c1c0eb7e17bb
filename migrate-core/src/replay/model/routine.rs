//! Functions, triggers and blocks of procedural code.

use std::sync::Arc;

use super::{Expression, Name, QualifiedName, Query, Statement, Text, TypeName};

/// `CREATE FUNCTION`, `PROCEDURE` or `AGGREGATE`.
#[derive(Debug, Clone)]
pub(crate) struct CreateFunction {
    pub(crate) kind: super::ObjectKind,
    pub(crate) name: QualifiedName,
    pub(crate) replace: bool,
    pub(crate) if_not_exists: bool,
    pub(crate) parameters: Vec<Parameter>,
    /// How many values a call has, where the parameters' types tell no routine from another.
    pub(crate) arity: Option<usize>,
    pub(crate) returns: Option<Returns>,
    /// It is written in C, or is a part of the server.
    pub(crate) is_compiled: bool,
    /// The functions that an aggregate is made of.
    pub(crate) parts: Vec<QualifiedName>,
    pub(crate) body: FunctionBody,
}

/// A parameter of a routine.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) name: Option<Name>,
    pub(crate) mode: ParameterMode,
    pub(crate) type_name: TypeName,
    pub(crate) default: Option<Expression>,
}

/// Which way a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParameterMode {
    In,
    Out,
    InOut,
    Variadic,
}

/// What a routine returns.
#[derive(Debug, Clone)]
pub(crate) enum Returns {
    Type(TypeName),
    Table(Vec<(Name, TypeName)>),
}

/// What is known of a routine's body.
#[derive(Debug, Clone)]
pub(crate) enum FunctionBody {
    /// Checked by the server when the function is created.
    Checked(Vec<Statement>, Option<Arc<Code>>),
    /// Checked too, under a search path of the function's own; `None` where it is not known.
    CheckedUnder(Vec<Statement>, Arc<Code>, Option<Vec<Name>>),
    /// Not looked into before it runs.
    Unchecked,
    /// Procedural code, not looked into before it runs either.
    Procedural(Arc<Code>),
}

/// The text of a routine, to be read when it is called.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) text: String,
    /// Names of the parameters, in order; empty for one without.
    pub(crate) parameters: Vec<String>,
    /// Plain SQL rather than procedural code.
    pub(crate) is_sql: bool,
    pub(crate) path: RoutinePath,
    /// The byte of its file at which it begins, where offsets carry over.
    pub(crate) offset: Option<usize>,
}

/// The search path under which a routine runs.
#[derive(Debug, Clone, Default)]
pub(crate) enum RoutinePath {
    #[default]
    Callers,
    Own(Vec<Name>),
    /// One of its own that is not known.
    Unknown,
}

/// `CREATE TRIGGER`.
#[derive(Debug, Clone)]
pub(crate) struct CreateTrigger {
    pub(crate) name: Name,
    pub(crate) replace: bool,
    pub(crate) if_not_exists: bool,
    /// It goes with the session, whatever table it is on.
    pub(crate) temporary: bool,
    pub(crate) table: QualifiedName,
    /// Whether it is `INSTEAD OF` or not, where the kind of the table decides on that alone.
    pub(crate) instead: Option<bool>,
    /// What sets it off, where views need to know.
    pub(crate) event: Option<TriggerEvent>,
    /// `UPDATE OF columns`.
    pub(crate) columns: Vec<Name>,
    pub(crate) condition: Option<Expression>,
    /// The function it runs, where the server has triggers that do.
    pub(crate) function: Option<QualifiedName>,
    /// Names of `REFERENCING`, by which the function sees the changed rows.
    pub(crate) transition_tables: Vec<Name>,
    /// The statements it runs, where the server has triggers that do.
    pub(crate) body: Vec<Statement>,
}

/// What sets a trigger off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TriggerEvent {
    Insert,
    Update,
    Delete,
}

/// A block of procedural code that runs at once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Block {
    /// Names that stand for values in the SQL inside.
    pub(crate) variables: Vec<Name>,
    /// Names that may stand before those of variables.
    pub(crate) labels: Vec<Name>,
    pub(crate) statements: Vec<BlockStatement>,
    /// What runs after an error; `None` where errors leave the block.
    pub(crate) handlers: Option<Vec<Vec<BlockStatement>>>,
    /// The errors that are caught are only those of names that are taken or missing.
    pub(crate) catches_names: bool,
    /// They are only those of names that are taken: what is missing leaves the block.
    pub(crate) passes_missing: bool,
}

/// A statement of a block.
#[derive(Debug, Clone)]
pub(crate) enum BlockStatement {
    Sql(Statement),
    /// An expression on its own, an assignment's value.
    Evaluate(Expression),
    Block(Block),
    If {
        branches: Vec<Branch>,
        otherwise: Vec<BlockStatement>,
    },
    /// Runs as often as the data says, perhaps never.
    Loop {
        query: Option<Query>,
        bounds: Vec<Expression>,
        variables: Vec<Name>,
        body: Vec<BlockStatement>,
    },
    /// SQL in a string: known, or a template with [`WILDCARD`](super::WILDCARD) in it.
    Execute {
        statements: Vec<Statement>,
        /// Parts of the text are known only at run time: words for them stand in their places.
        is_partial: bool,
    },
    /// SQL that cannot be read.
    Unknown {
        what: Text,
        mentions: Option<Vec<Text>>,
    },
    /// `RETURN`, `EXIT`: what follows does not run.
    Leave,
    /// `EXIT WHEN`: what follows may not run.
    MayLeave,
    /// `RAISE EXCEPTION`: what follows does not run.
    Raise,
}

/// A branch of an `IF`.
#[derive(Debug, Clone)]
pub(crate) struct Branch {
    pub(crate) condition: Expression,
    pub(crate) guard: Guard,
    pub(crate) body: Vec<BlockStatement>,
}

/// What a condition asks, as far as the catalog can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Guard {
    Unknown,
    /// A condition as it is written: it is read when it is reached, since it may name variables.
    Written(super::Text),
    Constant(bool),
    Not(Box<Guard>),
    All(Vec<Guard>),
    Any(Vec<Guard>),
    Exists(GuardedObject),
}

/// An object whose existence a condition asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GuardedObject {
    pub(crate) kind: super::ObjectKind,
    pub(crate) schema: Option<String>,
    /// Without a schema, one on the search path is meant rather than any.
    pub(crate) on_path: bool,
    pub(crate) name: String,
    /// The table it belongs to.
    pub(crate) on: Option<String>,
    /// Nothing else is asked: where the object exists, the answer is yes.
    pub(crate) is_exact: bool,
}
