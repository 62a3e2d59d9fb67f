// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Vending

extension MonotonicTime {
    init(_ clock: TestSupport.ManualClock) {
        self.init(now: { clock.now }, sleep: { try await clock.sleep($0) })
    }
}
