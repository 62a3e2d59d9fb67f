// SPDX-License-Identifier: Apache-2.0

// Uses PurserCredentials of docs/native-apps.md as an app would. Arguments: the broker, a server that answers as the
// test tells it, one that redirects, and a token. It writes a line for each step.
import Foundation

let arguments = CommandLine.arguments
let broker = URL(string: arguments[1])!
let scripted = URL(string: arguments[2])!
let redirecting = URL(string: arguments[3])!
let good = arguments[4]

/// A token that the broker refuses, then the good one.
actor Tokens {
    private(set) var asked = 0

    func next() -> String? {
        asked += 1
        return switch asked {
        case 1: "not-a-token"
        default: good
        }
    }
}

func attempt(_ name: String, _ credentials: PurserCredentials) async {
    do {
        let session = try await credentials.credentials()
        print(name, session.accessKeyId, Int(session.expiration.timeIntervalSinceNow))
    } catch {
        print(name, error)
    }
}

let tokens = Tokens()
let user = PurserCredentials(broker: broker, app: "shop", token: { await tokens.next() })
await withTaskGroup { group in
    for _ in 1...5 { group.addTask { await attempt("user", user) } }
}
await attempt("user", user)
print("asked", await tokens.asked)

await attempt("guest", PurserCredentials(broker: broker, app: "shop"))

let nobody = PurserCredentials(broker: broker, app: "nobodys")
await attempt("nobody", nobody)
await attempt("nobody", nobody)

let patient = PurserCredentials(broker: scripted, app: "patient")
await attempt("patient", patient)

await attempt("redirected", PurserCredentials(broker: redirecting, app: "shop", token: { good }))
await attempt("without", PurserCredentials(broker: broker, app: "shop", token: { nil }, patience: 0.5))
