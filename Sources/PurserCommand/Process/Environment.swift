// SPDX-License-Identifier: Apache-2.0

import Foundation
import Observability
import Outbound
import Vending

/// What the process supplies: environment variables, the outbound transport, the log and the clock.
struct Environment: Sendable {
    let variables: [String: String]
    let transport: any OutboundTransport
    let log: LogSink
    let now: @Sendable () -> Date

    init(variables: [String: String], transport: any OutboundTransport, log: LogSink) {
        self.variables = variables
        self.transport = transport
        self.log = log
        now = { Date() }
    }
}
