// SPDX-License-Identifier: Apache-2.0

import Vending
import Yams

/// Decodes `listen` and `trusted-proxies`.
struct ListenDecoder {
    struct Read {
        var address: ListenAddress?
        var proxyProtocol = false
        var trustedProxies: [AddressBlock] = []
    }

    private let diagnostics: Diagnostics

    init(_ diagnostics: Diagnostics) {
        self.diagnostics = diagnostics
    }

    /// `listen` is an address, or a mapping of `address` and `proxy-protocol`.
    func read(_ root: inout SettingsMapping) -> Read {
        var read = Read()
        if case .mapping? = root.node("listen"), var listen = root.mapping("listen") {
            read.address = listen.value(
                "address", expected: SettingsValues.expectedAddress, SettingsValues.address)
            let flag = listen.value(
                "proxy-protocol", expected: "true or false", required: false, SettingsValues.flag)
            read.proxyProtocol = flag ?? false
            listen.finish()
        } else {
            read.address = root.value("listen", expected: SettingsValues.expectedAddress, SettingsValues.address)
        }
        let line = root.lineOf("listen")
        read.trustedProxies =
            root.list(
                "trusted-proxies", expected: Self.expectedBlock, required: false, mayBeEmpty: true, AddressBlock.init)
            ?? []
        if read.proxyProtocol, !root.holds("trusted-proxies") || root.node("trusted-proxies")?.sequence?.isEmpty == true
        {
            diagnostics.add(
                "listen.proxy-protocol: found true without `trusted-proxies`; expected the addresses of the proxies "
                    + "that send the header", at: line)
        }
        return read
    }

    private static let expectedBlock =
        "a block of IP addresses such as 10.0.0.0/8 or 2001:db8::/32, without bits behind the prefix"
}
