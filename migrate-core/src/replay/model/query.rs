//! Queries and expressions, as far as names need them.

use super::{Name, Place, QualifiedName, Statement, Text, TypeName};

/// An expression: its names, not its meaning.
#[derive(Debug, Clone)]
pub(crate) enum Expression {
    Column(ColumnReference),
    /// A column, or a text where no column has the name: `SQLite`'s double quotes.
    ColumnOrText(Name),
    Call(Box<Call>),
    Cast(Box<Expression>, TypeName),
    /// `(row).field`; the field is not looked up.
    Field(Box<Expression>, Option<Name>),
    /// A scalar sub-query.
    Subquery(Box<Query>),
    Literal(Literal, Place),
    /// A form with a name of its own in a result, such as `case` and `exists`.
    Named(&'static str, Vec<Expression>),
    /// Named in a result like its first part: subscripts, `case … else column`.
    NamedLike(Box<Expression>, Vec<Expression>),
    /// Operators and everything else that has no name in a result.
    Operation(Vec<Expression>),
    /// What is compared with each other; an `IN` has its list as a row.
    Comparison(Vec<Expression>),
    /// A sub-query inside an operation: `exists`, `in`, `array`.
    QueryOperand(Box<Query>),
}

impl Expression {
    /// What a clause says that is kept as an operation, where that is one expression.
    pub(crate) fn alone(&self) -> &Expression {
        match self {
            Expression::Operation(parts) => match parts.as_slice() {
                [part] => part,
                _ => self,
            },
            _ => self,
        }
    }

    /// `EXISTS (query)`: one value, however many columns the query makes.
    pub(crate) fn exists(query: Query) -> Self {
        Expression::Operation(vec![Expression::QueryOperand(Box::new(query))])
    }
}

/// A literal.
#[derive(Debug, Clone)]
pub(crate) enum Literal {
    /// The text it stands for.
    String(Text),
    Boolean(bool),
    /// A number as it is written, without a sign.
    Number(Text),
    Null,
    /// Parameters and the like.
    Other,
}

/// `column`, `table.column`, `schema.table.column`, or any of these with a star.
#[derive(Debug, Clone)]
pub(crate) struct ColumnReference {
    /// From left to right; never empty unless it is a lone star.
    pub(crate) parts: Vec<Name>,
    pub(crate) star: bool,
}

/// A function call.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) name: QualifiedName,
    pub(crate) arguments: Vec<Argument>,
    /// `count(*)`.
    pub(crate) star: bool,
    /// `VARIADIC`, `WITHIN GROUP` and other forms whose number of arguments says little.
    pub(crate) is_special: bool,
    /// It has `OVER`.
    pub(crate) is_window: bool,
    /// `FILTER`, `OVER`, `ORDER BY` inside the call.
    pub(crate) clauses: Vec<Expression>,
}

/// An argument of a call.
#[derive(Debug, Clone)]
pub(crate) struct Argument {
    pub(crate) name: Option<Name>,
    pub(crate) value: Expression,
}

/// A query with everything around it.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) recursive: bool,
    pub(crate) common: Vec<CommonTable>,
    pub(crate) body: QueryBody,
    pub(crate) order_by: Vec<Expression>,
    /// `LIMIT`, `OFFSET`.
    pub(crate) rest: Vec<Expression>,
}

impl Query {
    /// A query that is only its body.
    pub(crate) fn of(body: QueryBody) -> Self {
        Query { recursive: false, common: Vec::new(), body, order_by: Vec::new(), rest: Vec::new() }
    }
}

/// `name (columns) AS (query)`.
#[derive(Debug, Clone)]
pub(crate) struct CommonTable {
    pub(crate) name: Name,
    pub(crate) columns: Vec<Name>,
    pub(crate) query: Query,
    /// `SEARCH` and `CYCLE` add columns of their own.
    pub(crate) is_open: bool,
}

/// The part of a query that makes rows.
#[derive(Debug, Clone)]
pub(crate) enum QueryBody {
    Select(Box<Select>),
    Values(Vec<Vec<Expression>>),
    Table(QualifiedName),
    Set(Box<Query>, Box<Query>),
    Nested(Box<Query>),
    /// `INSERT … RETURNING` and its like in a `WITH`.
    Statement(Box<Statement>),
    /// What the adapter cannot read.
    Unknown,
}

/// `SELECT … FROM … WHERE …`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Select {
    pub(crate) targets: Vec<Target>,
    pub(crate) from: Vec<FromItem>,
    /// `WHERE`; on some servers also what tables are joined on.
    pub(crate) conditions: Vec<Expression>,
    /// `GROUP BY`, which may name results.
    pub(crate) grouping: Vec<Expression>,
    /// `HAVING` and windows.
    pub(crate) having: Vec<Expression>,
    /// `DISTINCT ON`, which may name results.
    pub(crate) distinct: Vec<Expression>,
    /// `SELECT … INTO table`.
    pub(crate) into: Option<QualifiedName>,
}

/// One result of a query.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) value: Expression,
    pub(crate) alias: Option<Name>,
}

/// What stands in `FROM`.
#[derive(Debug, Clone)]
pub(crate) enum FromItem {
    Relation {
        name: QualifiedName,
        alias: Option<Alias>,
    },
    Query {
        query: Box<Query>,
        lateral: bool,
        alias: Option<Alias>,
    },
    Function {
        calls: Vec<Expression>,
        alias: Option<Alias>,
        ordinality: bool,
    },
    Join(Box<Join>),
    /// A join in parentheses with a name of its own, and what the adapter cannot read.
    Unknown {
        alias: Option<Alias>,
        inner: Vec<FromItem>,
        expressions: Vec<Expression>,
    },
}

/// `AS name (columns)`.
#[derive(Debug, Clone)]
pub(crate) struct Alias {
    pub(crate) name: Option<Name>,
    pub(crate) columns: Vec<Name>,
}

/// `left JOIN right …`.
#[derive(Debug, Clone)]
pub(crate) struct Join {
    pub(crate) left: FromItem,
    pub(crate) right: FromItem,
    pub(crate) condition: JoinCondition,
}

/// How rows are joined.
#[derive(Debug, Clone)]
pub(crate) enum JoinCondition {
    None,
    Natural,
    On(Expression),
    /// With the name under which the joined columns go as well.
    Using(Vec<Name>, Option<Name>),
}
