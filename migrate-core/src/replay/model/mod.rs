//! What statements say, whatever parser read them.
//!
//! An adapter turns a server's grammar into these values; engine and resolver know nothing
//! else. Names are already folded the way the server folds them, and every name carries the
//! bytes of the file it stands at.

mod name;
mod object;
mod query;
mod routine;
mod session;
mod statement;
mod table;
mod typed;

pub(crate) use name::{LONGEST_NAME, Name, Place, QualifiedName, Text, TypeName, WILDCARD, clip};
pub(crate) use object::{
    AlterType, Among, CreateType, Drop, ObjectKind, ObjectReference, Rename, SetSchema, TypeBody,
};
pub(crate) use query::{
    Alias, Argument, Call, ColumnReference, CommonTable, Expression, FromItem, Join, JoinCondition,
    Literal, Query, QueryBody, Select, Target,
};
pub(crate) use routine::{
    Block, BlockStatement, Branch, Code, CreateFunction, CreateTrigger, FunctionBody, Guard,
    GuardedObject, Parameter, ParameterMode, Returns, RoutinePath, TriggerEvent,
};
pub(crate) use session::{Made, Prepared, SetVariable, Value};
pub(crate) use statement::{
    AlterPublication, Assignment, Conflict, CreateIndex, CreatePolicy, CreateView, Delete, Insert,
    InsertSource, Merge, Opaque, PublicationChange, Shadows, Statement, StatementKind, Update,
};
pub(crate) use table::{
    AlterTable, ColumnDefinition, Constraint, ConstraintKind, CreateTable, Identity, Like,
    TableAction,
};
pub(crate) use typed::CreateTyped;
