// SPDX-License-Identifier: Apache-2.0

/// Decodes the setting `log`.
struct LogDecoder {
    private let diagnostics: Diagnostics

    init(_ diagnostics: Diagnostics) {
        self.diagnostics = diagnostics
    }

    func read(_ root: inout SettingsMapping) -> LogSettings {
        var settings = LogSettings()
        guard var log = root.mapping("log") else { return settings }
        if let level: LogSettings.Level = choice("level", &log) { settings.level = level }
        if let access: LogSettings.Access = choice("access", &log) { settings.access = access }
        if let format: LogSettings.Format = choice("format", &log) { settings.format = format }
        let ratio = log.value(
            "sample-ratio", expected: "a number over 0 and at most 1, such as 0.01", required: false, Self.ratio)
        if let ratio { settings.sampleRatio = ratio }
        if log.holds("sample-ratio"), settings.access != .sampled {
            diagnostics.add(
                "log.sample-ratio: only `access: sampled` samples; expected it, or no sample-ratio",
                at: log.lineOf("sample-ratio"))
        }
        let flag = log.value("client-address", expected: "true or false", required: false, SettingsValues.flag)
        if let flag { settings.clientAddress = flag }
        log.finish()
        return settings
    }

    private func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ name: String, _ log: inout SettingsMapping
    ) -> Choice? {
        let expected = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return log.value(name, expected: "one of \(expected)", required: false) { Choice(rawValue: $0) }
    }

    /// Digits with at most one point, so none of the other forms that `Double` reads.
    private static func ratio(_ text: String) -> Double? {
        guard text.utf8.count <= 20, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
            text.utf8.first != UInt8(ascii: "."), text.utf8.last != UInt8(ascii: "."), let ratio = Double(text)
        else { return nil }
        return ratio > 0 && ratio <= 1 ? ratio : nil
    }
}
