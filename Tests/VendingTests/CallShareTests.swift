// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Vending

@Suite struct CallShareTests {
    private func user(_ issuer: String, _ subject: String, app: String = "shop") -> ExchangeRequest {
        let identity = VerifiedIdentity(
            issuer: Issuer(issuer), subject: Subject(subject), expiration: .distantFuture, claims: [:])
        return ExchangeRequest(
            grant: .test(app: app), holder: .user(identity, BearerToken("t")), client: ClientAddress(ipv4: 1))
    }

    private func guest(_ holder: ExchangeRequest.Holder, from address: UInt32, narrowed: Bool = false)
        -> ExchangeRequest
    {
        let grant = Grant.test(audience: .guest)
        let other = Grant.test(audience: .guest, monitor: "Other")
        return ExchangeRequest(
            grant: grant, holder: holder, policy: narrowed ? other.policy : grant.policy,
            client: ClientAddress(ipv4: address))
    }

    @Test("each user of an app is a party, whatever their address")
    func users() {
        let alice = user("i", "alice").share
        #expect(alice == user("i", "alice").share && alice.audience == .signedIn && alice.app == AppName("shop"))
        #expect(alice != user("i", "bob").share && alice != user("j", "alice").share)
        #expect(alice != user("i", "alice", app: "blog").share && alice == user("i", "alice").exchangeShare)
    }

    @Test("each address is a party of guests, except in the exchange for the session that all guests share")
    func guests() {
        #expect(guest(.guests, from: 1).share == guest(.visitor("v"), from: 1).share)
        #expect(guest(.guests, from: 1).share != guest(.guests, from: 2).share)
        #expect(guest(.guests, from: 1).exchangeShare == guest(.guests, from: 2).exchangeShare)
        #expect(guest(.guests, from: 1).exchangeShare != guest(.visitor("v"), from: 1).exchangeShare)
        let narrowed = guest(.guests, from: 1, narrowed: true)
        #expect(narrowed.exchangeShare == narrowed.share)
    }
}
