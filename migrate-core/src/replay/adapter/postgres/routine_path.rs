//! The search path that a routine has of its own.

use squawk_syntax::SyntaxKind as K;
use squawk_syntax::SyntaxNode;

use super::tree::{Reader, has_token, source};
use crate::replay::model::{ObjectReference, RoutinePath, StatementKind};

impl Reader<'_> {
    /// The path that the last of the options sets; `None` where none of them does.
    pub(super) fn routine_path(self, options: &SyntaxNode) -> Option<RoutinePath> {
        let paths = options.children().filter_map(|option| {
            let is_path = || source(&option).to_lowercase().contains("search_path");
            match option.kind() {
                K::RESET_FUNC_OPTION if has_token(&option, K::ALL_KW) || is_path() => {
                    Some(RoutinePath::Callers)
                }
                K::SET_FUNC_OPTION if is_path() => Some(self.path_set_by(&option)),
                _ => None,
            }
        });
        paths.last()
    }

    fn path_set_by(self, option: &SyntaxNode) -> RoutinePath {
        let Some(values) = option.descendants().find(|node| node.kind() == K::TO_CONFIG_VALUE)
        else {
            // `FROM CURRENT` is the path at hand.
            return RoutinePath::Unknown;
        };
        // Of a routine the default takes the setting away.
        self.path_of(&values).map_or(RoutinePath::Callers, RoutinePath::Own)
    }

    /// `ALTER FUNCTION … SET search_path`.
    pub(super) fn alter_routine_path(
        self,
        options: &SyntaxNode,
        target: &ObjectReference,
    ) -> Option<StatementKind> {
        let path = self.routine_path(options)?;
        Some(StatementKind::AlterRoutinePath { target: target.clone(), path })
    }
}
