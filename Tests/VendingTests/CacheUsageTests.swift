// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Testing

@testable import Vending

@Suite struct CacheUsageTests {
    private let shop = AppName("shop")!

    @Test("counts the bytes of credentials as long as they are in memory")
    func bytes() {
        let usage = CacheUsages([shop]).usage(of: shop)
        do {
            let vended = VendedCredentials(encoded: .test(), expiration: .distantFuture, usage: usage)
            #expect(usage.bytes == vended.encoded.bodyCount && usage.bytes > 0)
        }
        #expect(usage.bytes == 0)
    }

    @Test("has an entry for each app from the start, sorted by name")
    func registered() {
        let usages = CacheUsages([shop, AppName("blog")!])
        #expect(usages.all.map(\.app.rawValue) == ["blog", "shop"])
        usages.usage(of: shop).count(.miss)
        usages.usage(of: shop).countHit()
        #expect(CacheUsage.Event.allCases.map { usages.usage(of: shop)[$0] } == [1, 1, 0, 0, 0])
    }
}
