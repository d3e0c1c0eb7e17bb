//! Expressions.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArguments, Ident,
    ObjectName, OrderByExpr, SelectItem, SelectItemQualifiedWildcardKind, Value, WindowSpec,
    WindowType,
};

use super::cursor::{Source, fold};
use super::places::Lines;
use crate::replay::model::{
    Argument, Call, ColumnReference, Expression, Literal, Name, Place, QualifiedName, Query,
    QueryBody, Target,
};

/// Turns the parser's tree into the model.
#[derive(Debug)]
pub(super) struct Reader<'t> {
    pub(super) source: Source<'t>,
    lines: Lines<'t>,
    /// Names of results, which `HAVING`, `GROUP BY` and `ORDER BY` may use in expressions.
    pub(super) results: RefCell<Vec<String>>,
    /// Names of all results of the query that is read.
    pub(super) aliases: RefCell<Vec<String>>,
    /// Names of common tables, as they are written.
    pub(super) common: RefCell<super::common::CommonNames>,
    /// A row's alias in `INSERT … AS alias`, which stands for the new values.
    pub(super) row: RefCell<Option<String>>,
    /// Columns are not looked up: a row of `VALUES` may name those to the left.
    pub(super) ignores_columns: Cell<bool>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(source: Source<'t>) -> Self {
        Reader {
            source,
            lines: Lines::new(source.text),
            results: RefCell::default(),
            aliases: RefCell::default(),
            common: RefCell::default(),
            row: RefCell::default(),
            ignores_columns: Cell::new(false),
        }
    }

    pub(super) fn place(&self, ident: &Ident) -> Place {
        self.lines.place(ident.span, self.source.origin)
    }

    pub(super) fn name(&self, ident: &Ident) -> Name {
        Name::new(&ident.value, self.place(ident))
    }

    pub(super) fn column_name(&self, ident: &Ident) -> Name {
        fold(self.name(ident))
    }

    pub(super) fn names(&self, name: &ObjectName) -> Option<Vec<Name>> {
        name.0.iter().map(|part| part.as_ident().map(|ident| self.name(ident))).collect()
    }

    pub(super) fn qualified(&self, name: &ObjectName) -> Option<QualifiedName> {
        let mut parts = self.names(name)?;
        let name = parts.pop()?;
        Some(QualifiedName { schema: parts.pop(), name })
    }

    /// The last part of a column's name.
    pub(super) fn last_name(&self, name: &ObjectName) -> Option<Name> {
        self.names(name)?.pop().map(fold)
    }

    pub(super) fn all<'e>(
        &self,
        expressions: impl IntoIterator<Item = &'e Expr>,
    ) -> Vec<Expression> {
        expressions.into_iter().map(|expression| self.expression(expression)).collect()
    }

    fn operation<'e>(&self, expressions: impl IntoIterator<Item = &'e Expr>) -> Expression {
        Expression::Operation(self.all(expressions))
    }

    pub(super) fn expression(&self, expression: &Expr) -> Expression {
        match expression {
            Expr::Identifier(ident) => self.identifier(ident),
            Expr::CompoundIdentifier(parts) => self.column(parts, false),
            Expr::QualifiedWildcard(name, _) => {
                let parts: Vec<_> =
                    name.0.iter().filter_map(|part| part.as_ident().cloned()).collect();
                self.column(&parts, true)
            }
            Expr::Nested(inner)
            | Expr::IsFalse(inner)
            | Expr::IsNotFalse(inner)
            | Expr::IsTrue(inner)
            | Expr::IsNotTrue(inner)
            | Expr::IsNull(inner)
            | Expr::IsNotNull(inner)
            | Expr::IsUnknown(inner)
            | Expr::IsNotUnknown(inner)
            | Expr::UnaryOp { expr: inner, .. }
            | Expr::Cast { expr: inner, .. }
            | Expr::Convert { expr: inner, .. }
            | Expr::Collate { expr: inner, .. }
            | Expr::Extract { expr: inner, .. }
            | Expr::Ceil { expr: inner, .. }
            | Expr::Floor { expr: inner, .. }
            | Expr::Prefixed { value: inner, .. }
            | Expr::JsonAccess { value: inner, .. }
            | Expr::IsJson { expr: inner, .. } => self.operation([&**inner]),
            Expr::Interval(interval) => self.operation([&*interval.value]),
            Expr::IsDistinctFrom(left, right)
            | Expr::IsNotDistinctFrom(left, right)
            | Expr::BinaryOp { left, right, .. }
            | Expr::AnyOp { left, right, .. }
            | Expr::AllOp { left, right, .. }
            | Expr::Position { expr: left, r#in: right }
            | Expr::AtTimeZone { timestamp: left, time_zone: right }
            | Expr::RLike { expr: left, pattern: right, .. } => self.operation([&**left, &**right]),
            Expr::MemberOf(member) => self.operation([&*member.value, &*member.array]),
            Expr::Like { expr, pattern, .. } | Expr::ILike { expr, pattern, .. } => {
                self.operation([&**expr, &**pattern])
            }
            Expr::Between { expr, low, high, .. } => self.operation([&**expr, &**low, &**high]),
            Expr::InList { expr, list, .. } => self.operation(std::iter::once(&**expr).chain(list)),
            Expr::InSubquery { expr, subquery, .. } => Expression::Operation(vec![
                self.expression(expr),
                Expression::QueryOperand(Box::new(self.query(subquery))),
            ]),
            Expr::Exists { subquery, .. } => Expression::exists(self.query(subquery)),
            Expr::Subquery(query) => Expression::Subquery(Box::new(self.query(query))),
            Expr::Substring { expr, substring_from, substring_for, .. } => self.operation(
                [Some(expr), substring_from.as_ref(), substring_for.as_ref()]
                    .into_iter()
                    .flatten()
                    .map(|part| &**part),
            ),
            Expr::Trim { expr, trim_what, .. } => self.operation(
                [Some(expr), trim_what.as_ref()].into_iter().flatten().map(|part| &**part),
            ),
            Expr::Case { operand, conditions, else_result, .. } => {
                let parts = operand
                    .iter()
                    .chain(else_result)
                    .map(|part| &**part)
                    .chain(conditions.iter().flat_map(|when| [&when.condition, &when.result]));
                self.operation(parts)
            }
            Expr::Tuple(parts) => self.operation(parts),
            Expr::Function(function) => self.call(function),
            Expr::MatchAgainst { columns, .. } => {
                let columns = columns.iter().map(|name| {
                    let parts: Vec<_> =
                        name.0.iter().filter_map(|part| part.as_ident().cloned()).collect();
                    self.column(&parts, false)
                });
                Expression::Operation(columns.collect())
            }
            Expr::Value(value) => {
                let place = self.lines.place(value.span, self.source.origin);
                let literal = match &value.value {
                    Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) => {
                        Literal::String(Arc::from(text.as_str()))
                    }
                    Value::Boolean(value) => Literal::Boolean(*value),
                    Value::Number(digits, _) => Literal::Number(Arc::from(digits.as_str())),
                    Value::Null => Literal::Null,
                    _ => Literal::Other,
                };
                Expression::Literal(literal, place)
            }
            _ => Expression::Operation(Vec::new()),
        }
    }

    fn identifier(&self, ident: &Ident) -> Expression {
        let is_bare = ident.quote_style.is_none();
        let is_result =
            || self.results.borrow().iter().any(|result| result.eq_ignore_ascii_case(&ident.value));
        if self.ignores_columns.get()
            || is_result()
            || (is_bare && (ident.value.starts_with('@') || is_keyword_value(&ident.value)))
        {
            return Expression::Literal(Literal::Other, self.place(ident));
        }
        self.column(std::slice::from_ref(ident), false)
    }

    fn column(&self, idents: &[Ident], star: bool) -> Expression {
        let place = match (idents.first(), idents.last()) {
            (Some(first), Some(last)) => {
                Place { start: self.place(first).start, end: self.place(last).end }
            }
            _ => self.source.origin.place(0, self.source.text.len()),
        };
        let is_variable = idents.first().is_some_and(|ident| ident.value.starts_with('@'));
        if is_variable || (self.ignores_columns.get() && !star) {
            return Expression::Literal(Literal::Other, place);
        }
        // Aliases may differ in case on some systems, columns on all.
        let mut parts: Vec<Name> = idents.iter().map(|ident| self.column_name(ident)).collect();
        if let ([table, _], Some(row)) = (parts.as_mut_slice(), &*self.row.borrow())
            && table.text.eq_ignore_ascii_case(row)
        {
            table.text = Arc::from("excluded");
        }
        Expression::Column(ColumnReference { parts, star })
    }

    fn call(&self, function: &Function) -> Expression {
        let mut arguments = Vec::new();
        let mut clauses = Vec::new();
        let mut star = false;
        match &function.args {
            FunctionArguments::None => {}
            FunctionArguments::Subquery(query) => arguments.push(Argument {
                name: None,
                value: Expression::Subquery(Box::new(self.query(query))),
            }),
            FunctionArguments::List(list) => {
                for argument in &list.args {
                    match argument_value(argument) {
                        FunctionArgExpr::Expr(value) => {
                            arguments.push(Argument { name: None, value: self.expression(value) });
                        }
                        _ => star = true,
                    }
                }
                for clause in &list.clauses {
                    if let FunctionArgumentClause::OrderBy(order) = clause {
                        clauses.extend(self.order(order));
                    }
                }
            }
        }
        clauses.extend(self.order(&function.within_group));
        clauses.extend(function.filter.iter().map(|filter| self.expression(filter)));
        if let Some(WindowType::WindowSpec(window)) = &function.over {
            clauses.extend(self.window(window));
        }
        let is_window = function.over.is_some();
        let Some(name) = self.qualified(&function.name) else {
            let values = arguments.into_iter().map(|argument| argument.value);
            return Expression::Operation(values.chain(clauses).collect());
        };
        let name = QualifiedName { schema: name.schema, name: fold(name.name) };
        if name.schema.is_none() && &*name.name.text == "row" {
            // Values side by side, as in parentheses.
            let values = arguments.into_iter().map(|argument| argument.value);
            return Expression::Operation(values.collect());
        }
        if matches!(&*name.name.text, "nextval" | "lastval" | "setval")
            && let Some(first) = arguments.first_mut()
            && let Some(sequence) = named_sequence(&first.value)
        {
            first.value = sequence;
        }
        // How many arguments a function takes differs between versions.
        Expression::Call(Box::new(Call {
            name,
            arguments,
            star,
            is_special: true,
            is_window,
            clauses,
        }))
    }

    pub(super) fn order(&self, order: &[OrderByExpr]) -> Vec<Expression> {
        self.all(order.iter().map(|part| &part.expr))
    }

    pub(super) fn window(&self, window: &WindowSpec) -> Vec<Expression> {
        // `MariaDB` sees the results there, wherever they stand.
        let outer = self.results.borrow().clone();
        self.results.borrow_mut().extend_from_slice(&self.aliases.borrow());
        let mut found = self.all(&window.partition_by);
        found.extend(self.order(&window.order_by));
        self.results.replace(outer);
        found
    }

    /// Results of a query; `open` where results without an alias are named by their text.
    pub(super) fn targets(&self, items: &[SelectItem], open: bool) -> Vec<Target> {
        let mut targets = Vec::new();
        let mut has_unnamed = false;
        for item in items {
            let (value, alias) = match item {
                SelectItem::UnnamedExpr(value) => {
                    let is_column =
                        matches!(value, Expr::Identifier(_) | Expr::CompoundIdentifier(_));
                    has_unnamed |= !is_column;
                    (self.expression(value), None)
                }
                SelectItem::ExprWithAlias { expr, alias } => {
                    (self.expression(expr), Some(self.column_name(alias)))
                }
                SelectItem::ExprWithAliases { expr, .. } => {
                    has_unnamed = true;
                    (self.expression(expr), None)
                }
                SelectItem::Wildcard(_) => {
                    let column = ColumnReference { parts: Vec::new(), star: true };
                    (Expression::Column(column), None)
                }
                SelectItem::QualifiedWildcard(kind, _) => match kind {
                    SelectItemQualifiedWildcardKind::ObjectName(name) => {
                        let parts: Vec<_> =
                            name.0.iter().filter_map(|part| part.as_ident().cloned()).collect();
                        (self.column(&parts, true), None)
                    }
                    SelectItemQualifiedWildcardKind::Expr(value) => (self.expression(value), None),
                },
            };
            targets.push(Target { value, alias });
        }
        if open && has_unnamed {
            let nothing = Expression::Operation(Vec::new());
            let value = Expression::Field(Box::new(nothing), None);
            targets.push(Target { value, alias: None });
        }
        targets
    }
}

fn argument_value(argument: &FunctionArg) -> &FunctionArgExpr {
    match argument {
        FunctionArg::Named { arg, .. }
        | FunctionArg::ExprNamed { arg, .. }
        | FunctionArg::Unnamed(arg) => arg,
    }
}

/// Words that the parser takes for columns: values without parentheses, units of time,
/// character sets and types in calls.
fn is_keyword_value(word: &str) -> bool {
    const WORDS: &[&str] = &[
        "DEFAULT",
        "CURRENT_TIMESTAMP",
        "CURRENT_DATE",
        "CURRENT_TIME",
        "CURRENT_USER",
        "CURRENT_ROLE",
        "LOCALTIME",
        "LOCALTIMESTAMP",
        "UTC_DATE",
        "UTC_TIME",
        "UTC_TIMESTAMP",
        "UNKNOWN",
        "MAXVALUE",
        "ROWNUM",
        "SYSDATE",
        "MICROSECOND",
        "SECOND",
        "MINUTE",
        "HOUR",
        "DAY",
        "WEEK",
        "MONTH",
        "QUARTER",
        "YEAR",
        "SECOND_MICROSECOND",
        "MINUTE_MICROSECOND",
        "MINUTE_SECOND",
        "HOUR_MICROSECOND",
        "HOUR_SECOND",
        "HOUR_MINUTE",
        "DAY_MICROSECOND",
        "DAY_SECOND",
        "DAY_MINUTE",
        "DAY_HOUR",
        "YEAR_MONTH",
        "SQL_TSI_SECOND",
        "SQL_TSI_MINUTE",
        "SQL_TSI_HOUR",
        "SQL_TSI_DAY",
        "SQL_TSI_WEEK",
        "SQL_TSI_MONTH",
        "SQL_TSI_QUARTER",
        "SQL_TSI_YEAR",
        "DATE",
        "TIME",
        "DATETIME",
        "TIMESTAMP",
        "BINARY",
        "CHAR",
        "SIGNED",
        "UNSIGNED",
        "BOTH",
        "LEADING",
        "TRAILING",
    ];
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// `MariaDB` takes the name of a sequence where others take a value.
fn named_sequence(value: &Expression) -> Option<Expression> {
    let Expression::Column(column) = value else { return None };
    let mut parts = column.parts.clone();
    let name = parts.pop()?;
    let sequence = QualifiedName { schema: parts.pop(), name };
    Some(Expression::QueryOperand(Box::new(Query::of(QueryBody::Table(sequence)))))
}
