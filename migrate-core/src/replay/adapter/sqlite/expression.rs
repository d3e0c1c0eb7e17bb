//! Expressions.

use std::sync::Arc;

use sqlite3_parser::ast;

use super::names::{Reader, folded, unquoted};
use crate::replay::model::{
    Argument, Call, ColumnReference, Expression, FromItem, Literal, Name, QualifiedName, Query,
    QueryBody, Select, Target, TypeName,
};

impl Reader<'_> {
    pub(super) fn expression(&self, expression: &ast::Expr<'_>) -> Expression {
        match expression {
            ast::Expr::Id(id) => self.bare(id.0),
            ast::Expr::Name(name) => self.bare(name.0),
            ast::Expr::Qualified(table, name) => self.dotted(&[table, name]),
            ast::Expr::DoublyQualified(schema, table, name) => self.dotted(&[schema, table, name]),
            ast::Expr::Literal(literal) => self.literal(literal),
            ast::Expr::Cast { expr, type_name } => {
                let value = self.expression(expr);
                match type_name.as_ref().and_then(|name| self.type_name(name)) {
                    Some(name) => Expression::Cast(Box::new(value), name),
                    None => Expression::Operation(vec![value]),
                }
            }
            ast::Expr::Collate(value, _) => self.expression(value),
            ast::Expr::Case { base, when_then_pairs, else_expr } => {
                let mut parts: Vec<_> = base.iter().map(|base| self.expression(base)).collect();
                for (when, then) in *when_then_pairs {
                    parts.push(self.expression(when));
                    parts.push(self.expression(then));
                }
                parts.extend(else_expr.map(|value| self.expression(value)));
                Expression::Named("case", parts)
            }
            ast::Expr::FunctionCall { name, args, order_by, filter_over, .. } => {
                let name = QualifiedName::bare(self.written(name.0));
                let arguments = args.unwrap_or_default().iter();
                let arguments =
                    arguments.map(|value| Argument { name: None, value: self.expression(value) });
                let arguments = arguments.collect();
                let mut clauses = match order_by {
                    Some(ast::FunctionCallOrder::SortList(columns)) => self.sorted(Some(columns)),
                    None => Vec::new(),
                };
                clauses.extend(self.tail(filter_over.as_ref()));
                let is_window = is_window(filter_over.as_ref());
                let call =
                    Call { name, arguments, star: false, is_special: false, is_window, clauses };
                Expression::Call(Box::new(call))
            }
            ast::Expr::FunctionCallStar { name, filter_over } => {
                let name = QualifiedName::bare(self.written(name.0));
                let clauses = self.tail(filter_over.as_ref());
                let call = Call {
                    name,
                    arguments: Vec::new(),
                    star: true,
                    is_special: false,
                    is_window: is_window(filter_over.as_ref()),
                    clauses,
                };
                Expression::Call(Box::new(call))
            }
            ast::Expr::Subquery(select) => Expression::Subquery(Box::new(self.query(select))),
            ast::Expr::Exists(select) => Expression::exists(self.query(select)),
            ast::Expr::InSelect { lhs, rhs, .. } => {
                let value = self.expression(lhs);
                let query = Expression::QueryOperand(Box::new(self.query(rhs)));
                Expression::Operation(vec![value, query])
            }
            ast::Expr::InTable { lhs, rhs, args, .. } => {
                let value = self.expression(lhs);
                let query = self.table_operand(rhs, *args);
                Expression::Operation(vec![value, query])
            }
            ast::Expr::InList { lhs, rhs, .. } => {
                let mut parts = vec![self.expression(lhs)];
                parts.extend(self.expressions(*rhs));
                if parts.len() == 1 {
                    // False whatever the value is, which is thrown away unseen.
                    parts.clear();
                }
                Expression::Operation(parts)
            }
            ast::Expr::Parenthesized(values) => match values.as_slice() {
                [value] => self.expression(value),
                values => Expression::Named("row", self.expressions(Some(values))),
            },
            ast::Expr::Between { lhs, start, end, .. } => self.operation(&[lhs, start, end]),
            ast::Expr::Binary(left, _, right) => self.operation(&[left, right]),
            ast::Expr::Like { lhs, rhs, escape, .. } => {
                let mut parts = vec![self.expression(lhs), self.expression(rhs)];
                parts.extend(escape.map(|value| self.expression(value)));
                Expression::Operation(parts)
            }
            ast::Expr::IsNull(value) | ast::Expr::NotNull(value) | ast::Expr::Unary(_, value) => {
                self.operation(&[value])
            }
            ast::Expr::Raise(_, message) => {
                Expression::Operation(message.iter().map(|value| self.expression(value)).collect())
            }
            ast::Expr::Variable(_) => Expression::Operation(Vec::new()),
        }
    }

    fn operation(&self, parts: &[&ast::Expr<'_>]) -> Expression {
        Expression::Operation(parts.iter().map(|part| self.expression(part)).collect())
    }

    pub(super) fn expressions(&self, values: Option<&[ast::Expr<'_>]>) -> Vec<Expression> {
        values.unwrap_or_default().iter().map(|value| self.expression(value)).collect()
    }

    pub(super) fn sorted(&self, columns: Option<&[ast::SortedColumn<'_>]>) -> Vec<Expression> {
        let columns = columns.unwrap_or_default().iter();
        columns.map(|column| self.expression(&column.expr)).collect()
    }

    /// A name on its own, which is a text where it is in double quotes and no column.
    fn bare(&self, written: &str) -> Expression {
        let name = self.written(written);
        let is_keyword = matches!(&*name.text, "true" | "false");
        if is_keyword && written.len() == name.text.len() {
            return Expression::Literal(Literal::Boolean(&*name.text == "true"), name.place);
        }
        if written.starts_with('"') || is_made_up(&name) {
            return Expression::ColumnOrText(name);
        }
        column(vec![name])
    }

    fn dotted(&self, names: &[&ast::Name<'_>]) -> Expression {
        let parts: Vec<_> = names.iter().map(|name| self.name(name)).collect();
        if parts.last().is_some_and(is_made_up) {
            return Expression::Operation(Vec::new());
        }
        column(parts)
    }

    fn literal(&self, literal: &ast::Literal<'_>) -> Expression {
        match literal {
            ast::Literal::String(written) => {
                let place = self.place_of(written);
                Expression::Literal(Literal::String(Arc::from(unquoted(written))), place)
            }
            ast::Literal::Numeric(written) => {
                // Numbers are not among the tokens that are looked for.
                let place = self.origin.place(0, self.text.len());
                Expression::Literal(Literal::Number(Arc::from(*written)), place)
            }
            ast::Literal::Null => {
                Expression::Literal(Literal::Null, self.origin.place(0, self.text.len()))
            }
            _ => Expression::Operation(Vec::new()),
        }
    }

    /// `value IN table`.
    fn table_operand(
        &self,
        table: &ast::QualifiedName<'_>,
        arguments: Option<&[ast::Expr<'_>]>,
    ) -> Expression {
        let name = self.qualified(table);
        let item = match arguments {
            None => FromItem::Relation { name, alias: None },
            Some(arguments) => FromItem::Unknown {
                alias: None,
                inner: Vec::new(),
                expressions: self.expressions(Some(arguments)),
            },
        };
        let star = ColumnReference { parts: Vec::new(), star: true };
        let select = Select {
            targets: vec![Target { value: Expression::Column(star), alias: None }],
            from: vec![item],
            ..Select::default()
        };
        let query = Query::of(QueryBody::Select(Box::new(select)));
        Expression::QueryOperand(Box::new(query))
    }

    fn tail(&self, tail: Option<&ast::FunctionTail<'_>>) -> Vec<Expression> {
        let Some(tail) = tail else { return Vec::new() };
        let mut clauses: Vec<_> =
            tail.filter_clause.iter().map(|value| self.expression(value)).collect();
        match tail.over_clause {
            Some(ast::Over::Window(window)) => clauses.extend(self.window(window)),
            Some(ast::Over::Name(name)) => self.windows.borrow_mut().push(folded(name.0)),
            None => {}
        }
        clauses
    }

    pub(super) fn window(&self, window: &ast::Window<'_>) -> Vec<Expression> {
        self.windows.borrow_mut().extend(window.base.iter().map(|base| folded(base.0)));
        let mut parts = self.expressions(window.partition_by);
        parts.extend(self.sorted(window.order_by));
        parts
    }

    /// A type; any words will do.
    pub(super) fn type_name(&self, type_name: &ast::Type<'_>) -> Option<TypeName> {
        let mut words = type_name.name.split_ascii_whitespace();
        let first = words.next()?;
        let mut place = self.place_of(first);
        if let Some(last) = words.next_back() {
            place = Reader::span(place, self.place_of(last));
        }
        let name = QualifiedName::bare(Name::new(&type_name.name.to_ascii_lowercase(), place));
        let mut written = type_name.name.to_owned();
        match &type_name.size {
            Some(ast::TypeSize::MaxSize(size)) => written = format!("{written}({size})"),
            Some(ast::TypeSize::TypeSize(size, scale)) => {
                written = format!("{written}({size}, {scale})");
            }
            None => {}
        }
        Some(TypeName { name, is_array: false, written: Arc::from(written), is_borrowed: false })
    }
}

fn is_window(tail: Option<&ast::FunctionTail<'_>>) -> bool {
    tail.is_some_and(|tail| tail.over_clause.is_some())
}

pub(super) fn column(parts: Vec<Name>) -> Expression {
    Expression::Column(ColumnReference { parts, star: false })
}

/// Whether the database may have made the name up from an expression's text.
fn is_made_up(name: &Name) -> bool {
    name.text.contains(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && c != '_' && c != '$')
}
