// SPDX-License-Identifier: Apache-2.0

/// A framework of applications with a bundler, for which there is a complete file.
package enum Framework: String, CaseIterable, Sendable {
    case react
    case vue
    case angular
    case next
}

extension Installation {
    /// One complete file for an application with this framework: it follows the application's state of signing in.
    package func file(for framework: Framework) -> String {
        let (first, exported) = Self.parts(of: framework)
        return """
            \(first)\(imports)
            let rum;
            let user;
            let token;

            /** Keeps RUM at whoever is signed in: `id` names the user, or is nothing for a guest. */
            function follow(id, source) {
              token = source;
              const changed = (id || undefined) !== user;
              user = id || undefined;
              if (!rum) {
                rum = \(indented(connection(token: "() => token()")));
                if (user) rum.signIn();
              } else if (changed) {
                if (user) rum.signIn();
                else rum.signOut();
              }
            }

            \(exported)

            """
    }

    private func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n    ")
    }

    private static func parts(of framework: Framework) -> (first: String, exported: String) {
        switch framework {
        case .react:
            (
                "import { useEffect } from 'react';\n",
                """
                /** In the root component: useRum({ loading, user: account?.id, token: () => auth.accessToken() }). */
                export function useRum({ loading, user, token }) {
                  useEffect(() => {
                    if (!loading) follow(user, token);
                  }, [loading, user]);
                }
                """
            )
        case .next:
            (
                "'use client';\nimport { useEffect } from 'react';\n",
                """
                /** In the root layout: <Rum loading={loading} user={account?.id} token={() => auth.accessToken()} />. */
                export function Rum({ loading, user, token }) {
                  useEffect(() => {
                    if (!loading) follow(user, token);
                  }, [loading, user]);
                  return null;
                }
                """
            )
        case .vue:
            (
                "import { watch } from 'vue';\n",
                """
                /** In the root component's setup: useRum({ loading, user, token }), where the first two are refs or getters. */
                export const useRum = ({ loading, user, token }) =>
                  watch([loading, user], ([wait, id]) => { if (!wait) follow(id, token); }, { immediate: true });
                """
            )
        case .angular:
            (
                "import { ENVIRONMENT_INITIALIZER, effect } from '@angular/core';\n",
                """
                /**
                 * Among the application's providers: provideRum(() => inject(AuthService)), where the service has the
                 * signals `loading` and `user`, an id, and the method `token()`.
                 */
                export const provideRum = (service) => ({
                  provide: ENVIRONMENT_INITIALIZER,
                  multi: true,
                  useValue: () => {
                    const auth = service();
                    effect(() => { if (!auth.loading()) follow(auth.user(), () => auth.token()); });
                  },
                });
                """
            )
        }
    }
}
