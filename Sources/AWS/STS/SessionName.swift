import Cryptography
import Vending

/// `RoleSessionName`: 2–64 of `[\w+=,.@-]` in ASCII, the same for a user every time and for no two users.
///
/// CloudTrail shows it, so a subject that fits is kept readable. The three forms can't meet: the first never starts
/// with `=`; the second is `=` and hexadecimal digits, the third has a `g` after its `=`. Within the first form, the
/// suffix has one length, so equal names have equal subjects and equal issuer suffixes.
struct SessionName: Hashable, Sendable {
    let text: String

    /// `SUBJECT.` and 16 digits of the issuer's hash, or `=` and 63 digits of the hash of both.
    init(issuer: Issuer, subject: Subject) {
        let suffix = ".\(SHA256.digest(issuer.rawValue).hex.prefix(16))"
        let readable = subject.rawValue.utf8
        if !readable.isEmpty, readable.first != UInt8(ascii: "="), readable.count + suffix.utf8.count <= Self.limit,
            readable.allSatisfy({ $0.isSessionNameCharacter })
        {
            text = subject.rawValue + suffix
        } else {
            // Length-prefixed, so that no two pairs have one spelling.
            let pair = [issuer.rawValue, subject.rawValue].map { "\($0.utf8.count):\($0)" }.joined()
            text = "=\(SHA256.digest(pair).hex.prefix(Self.limit - 1))"
        }
    }

    /// The one session of all guests of an app.
    init(guestsOf app: AppName) {
        let prefix = "=guest."
        let readable = prefix + app.rawValue
        if readable.utf8.count <= Self.limit {
            text = readable
        } else {
            // An app's name holds no `=`, so this can't be another app's readable form.
            text = "=guest=\(SHA256.digest(app.rawValue).hex.prefix(Self.limit - prefix.utf8.count))"
        }
    }

    private static let limit = 64
}
