// SPDX-License-Identifier: Apache-2.0

import Vending

/// Decodes `limits`.
struct LimitsDecoder {
    struct Read {
        var connections = ConnectionSettings()
        var rates = RequestLimits.Rates()
        var drain = Duration.seconds(1)
        var exchangeTimeout = Duration.seconds(8)
        var stsRate = 500
        var rumRate = 50
        /// A percentage.
        var signedInReserve = 80
        var batchBytes = 1 << 20
    }

    func read(_ root: inout SettingsMapping) -> Read {
        var read = Read()
        guard var limits = root.mapping("limits") else { return read }
        func duration(_ key: String, _ range: ClosedRange<Duration>, _ bounds: String) -> Duration? {
            limits.value(key, expected: "a duration of \(bounds)", required: false, SettingsValues.duration(in: range))
        }
        func number(_ key: String, _ range: ClosedRange<Int>) -> Int? {
            limits.value(
                key, expected: "a number of \(range.lowerBound) to \(range.upperBound)", required: false,
                SettingsValues.number(in: range))
        }
        if let count = number("connections", 16...1_000_000) { read.connections.connections = count }
        if let count = number("client-connections", 1...1_000_000) { read.connections.clientConnections = count }
        if let rate = number("client-rate", Self.requestRates) { read.rates.clients = rate }
        if let rate = number("user-rate", Self.requestRates) { read.rates.users = rate }
        if let rate = number("failure-rate", Self.requestRates) { read.rates.failures = rate }
        if let time = duration("header-timeout", .milliseconds(100) ... .seconds(120), "100ms to 120s") {
            read.connections.headerTimeout = time
        }
        if let time = duration("idle-timeout", .milliseconds(100) ... .seconds(3600), "100ms to 1h") {
            read.connections.idleTimeout = time
        }
        if let time = duration("drain", .zero ... .seconds(300), "0s to 300s") { read.drain = time }
        if let time = duration("exchange-timeout", .milliseconds(100) ... .seconds(60), "100ms to 60s") {
            read.exchangeTimeout = time
        }
        if let rate = number("sts-rate", 1...10_000) { read.stsRate = rate }
        if let rate = number("rum-rate", 1...10_000) { read.rumRate = rate }
        if let reserve = limits.value(
            "signed-in-reserve", expected: "a percentage of 0% to 95%", required: false,
            SettingsValues.percentage(in: 0...95))
        {
            read.signedInReserve = reserve
        }
        if let size = limits.value(
            "batch-size", expected: "a size of 64KiB to 6MiB", required: false,
            SettingsValues.size(in: (64 << 10)...(6 << 20)))
        {
            read.batchBytes = size
        }
        limits.finish()
        return read
    }

    /// Requests a second.
    private static let requestRates = 1...1_000_000
}
