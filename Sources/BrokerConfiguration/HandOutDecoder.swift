// SPDX-License-Identifier: Apache-2.0

import AWS
import Vending
import Yams

/// Decodes how the sessions of a grant reach their audience: `delivery` and `hand-out`.
struct HandOutDecoder {
    struct Read {
        var delivery = Grant.DeliveryMode.both
        /// Seconds.
        var handOut: Int?
    }

    private let diagnostics: Diagnostics
    /// The STS endpoint; `nil` if it is unknown.
    private let sts: Endpoint?

    init(_ diagnostics: Diagnostics, sts: Endpoint?) {
        self.diagnostics = diagnostics
        self.sts = sts
    }

    /// - Parameter isEnhanced: whether an identity pool assumes the role itself, for one hour.
    func read(_ mapping: inout SettingsMapping, isEnhanced: Bool) -> Read {
        var read = Read()
        let modes = Grant.DeliveryMode.allCases.map(\.rawValue).joined(separator: ", ")
        if let mode = mapping.value(
            "delivery", expected: "one of \(modes)", required: false, Grant.DeliveryMode.init(rawValue:))
        {
            read.delivery = mode
        }
        let range = Duration.seconds(60) ... .seconds(3_600)
        guard
            let handOut = mapping.value(
                "hand-out", expected: "a duration of 1m to 1h in whole seconds", required: false,
                { text in SettingsValues.duration(in: range)(text).flatMap { $0.components.attoseconds == 0 ? $0 : nil }
                })
        else { return read }
        read.handOut = Int(handOut.components.seconds)
        checkSession(mapping, handOut, isEnhanced: isEnhanced)
        if sts?.host == Endpoints.globalSTSHost {
            diagnostics.add(
                "\(mapping.path("hand-out")): not with AWS's global STS endpoint, which does not have "
                    + "GetScopedCredentials; expected a regional endpoint", at: mapping.lineOf("hand-out"))
        }
        return read
    }

    /// A session must last long enough that credentials can be made from it for half of its time.
    private func checkSession(_ mapping: SettingsMapping, _ handOut: Duration, isEnhanced: Bool) {
        var session = Duration.seconds(3_600)
        if !isEnhanced, let node = mapping.node("session") {
            // An invalid session is a mistake of its own.
            guard let read = node.scalar.flatMap({ SettingsValues.session($0.string) }) else { return }
            session = read
        }
        guard handOut > session / 2 else { return }
        diagnostics.add(
            mapping.path("hand-out"), found: "\(handOut.components.seconds)s",
            expected: "at most half of session, which is \(session.components.seconds)s",
            at: mapping.lineOf("hand-out"))
    }
}
