// SPDX-License-Identifier: Apache-2.0

/// The class of a line. Each class has its own limit of buffered bytes, so that lines of one cannot displace those of
/// another.
package enum LineClass: CaseIterable, Sendable {
    case log
    /// Audit lines about issued credentials.
    case audit
    /// Audit lines about refusals, which attackers can cause at any rate.
    case refusal
}

/// A number for each class of lines.
package struct ByLineClass: Equatable, Sendable {
    package var log: Int
    package var audit: Int
    package var refusal: Int

    package init(log: Int = 0, audit: Int = 0, refusal: Int = 0) {
        self.log = log
        self.audit = audit
        self.refusal = refusal
    }

    /// The limits of the buffer, in bytes.
    package static let limits = ByLineClass(log: 8 << 20, audit: 8 << 20, refusal: 1 << 20)

    package subscript(kind: LineClass) -> Int {
        get {
            switch kind {
            case .log: log
            case .audit: audit
            case .refusal: refusal
            }
        }
        set {
            switch kind {
            case .log: log = newValue
            case .audit: audit = newValue
            case .refusal: refusal = newValue
            }
        }
    }

    package var sum: Int { log + audit + refusal }

    static func += (left: inout Self, right: Self) {
        for kind in LineClass.allCases { left[kind] += right[kind] }
    }

    static func -= (left: inout Self, right: Self) {
        for kind in LineClass.allCases { left[kind] -= right[kind] }
    }
}
