//! What the server's own functions take.
//!
//! Source: `PostgreSQL` 15 manual, 10.3 "Functions": an argument of a known type is converted on its
//! own only as `pg_cast` has it, and never from one of our groups to another.

use super::{Fault, Group, Resolver, Subject};
use crate::diagnostics::Code;
use crate::replay::model::{Argument, Expression, Literal, QualifiedName};

impl Resolver<'_> {
    /// A fault where no function of the name takes so many arguments, or arguments of these types.
    pub(super) fn arguments_of_theirs(&mut self, name: &QualifiedName, arguments: &[Argument]) {
        let count = arguments.len();
        let message = if !self.dialect.takes(&name.name.text, count) {
            format!("no function `{}` takes {count} arguments", name.display())
        } else if let Some(shown) = self.unfit_argument(name, arguments) {
            format!("no function `{}` takes {shown} there", name.display())
        } else {
            return;
        };
        if self.catalog.is_only_built_in(self.dialect, name) {
            let fault = Fault::new(Code::M404, name.place(), message).about(Subject::Nothing);
            self.faults.push(fault);
        }
    }

    /// An argument that no function of the name takes at its place.
    fn unfit_argument(&self, name: &QualifiedName, arguments: &[Argument]) -> Option<String> {
        let forms = self.dialect.parameters(&name.name.text)?;
        let fitting = forms.split(' ').filter_map(|form| {
            let (fewest, taken) = form.split_at(form.find(|c: char| !c.is_ascii_digit())?);
            let fewest: usize = fewest.parse().ok()?;
            (fewest..=taken.len()).contains(&arguments.len()).then_some(taken.as_bytes())
        });
        let fitting: Vec<&[u8]> = fitting.collect();
        let known: Vec<_> = arguments.iter().map(|it| self.known_argument(&it.value)).collect();
        let unfit = |taken: &[u8]| {
            let pairs = taken.iter().zip(&known);
            let mut pairs =
                pairs.filter_map(|(taken, known)| Some((group_of(*taken)?, known.as_ref()?)));
            pairs.find(|(taken, (own, _))| taken != own).map(|(_, (_, shown))| shown.clone())
        };
        let everywhere: Option<Vec<_>> = fitting.iter().map(|taken| unfit(taken)).collect();
        everywhere?.into_iter().next()
    }

    /// The group of an argument, and what it is called.
    fn known_argument(&self, value: &Expression) -> Option<(Group, String)> {
        match value {
            Expression::Literal(Literal::Number(digits), _) => {
                Some((Group::Number, format!("`{digits}`")))
            }
            Expression::Literal(Literal::Boolean(_), _) => {
                Some((Group::Boolean, "a boolean".to_owned()))
            }
            Expression::Column(reference) => {
                let (table, column) = self.table_column(reference)?;
                let (written, group) = self.group_of_column(&table, &column)?;
                Some((group, format!("`{}`, which is `{written}`,", column.text)))
            }
            value => self.known_value(value).map(|known| (known.group, known.shown)),
        }
    }
}

/// The group that a letter of the table of parameters stands for.
fn group_of(letter: u8) -> Option<Group> {
    Some(match letter {
        b'n' => Group::Number,
        b't' => Group::Text,
        b'b' => Group::Boolean,
        b'd' => Group::Time,
        b'j' => Group::Json,
        b'u' => Group::Uuid,
        _ => return None,
    })
}
