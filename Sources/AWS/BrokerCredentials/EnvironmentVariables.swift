import Vending

/// The process's variables as AWS's tools read them: what is empty or blank counts as unset. Prints no value.
struct EnvironmentVariables: Sendable, CustomReflectable, CustomStringConvertible {
    let all: [String: String]

    init(_ all: [String: String]) {
        self.all = all
    }

    subscript(name: String) -> String? {
        all[name].flatMap { value in
            value.utf8.allSatisfy { $0 == UInt8(ascii: " ") || (0x09...0x0D).contains($0) } ? nil : value
        }
    }

    var description: String { "[\(all.count) variables]" }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
