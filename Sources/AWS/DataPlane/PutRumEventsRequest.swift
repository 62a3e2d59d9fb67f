// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Outbound
import Vending

/// The only request to the data plane: PutRumEvents as the web client sends it. The body is byte for byte the page's.
/// Of the page's header fields, only those that describe the body are sent.
struct PutRumEventsRequest: Sendable {
    let url: String
    /// Not yet signed.
    let signable: SignableRequest
    private let trace: [(name: String, value: String)]

    /// - Parameter endpoint: of the monitor's Region.
    init(_ batch: Batch, to monitor: AppMonitor, at endpoint: Endpoint) {
        let path = "/appmonitors/\(monitor.id)"
        url = endpoint.url + path
        trace = batch.trace
        var headers = [(name: "Host", value: endpoint.authority), ("Content-Type", batch.contentType)]
        if batch.isGzipped { headers.append(("Content-Encoding", "gzip")) }
        signable = SignableRequest(method: "POST", path: endpoint.path + path, headers: headers, body: batch.body)
    }

    /// Trace fields stay unsigned, because proxies may extend them.
    func signed(by signer: SigV4, _ credentials: SigningCredentials, at date: Date) -> OutboundRequest {
        let headers = signer.sign(signable, credentials: credentials, date: date).request.headers
        return OutboundRequest(method: .post, url: url, headers: headers + trace, body: signable.body)
    }
}
