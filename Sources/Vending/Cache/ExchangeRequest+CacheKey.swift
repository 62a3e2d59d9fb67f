// SPDX-License-Identifier: Apache-2.0

extension ExchangeRequest {
    /// `nil` for sessions that are never shared and therefore not cached. A request and its parent have the same key, in
    /// different caches.
    package var cacheKey: CacheKey? {
        guard !isNarrowed else { return nil }
        switch holder {
        case .user(let identity, _):
            let claims = grant.attribution.tags.isEmpty ? [] : grant.attribution.claims.map { identity.claims[$0] }
            return CacheKey(grant: grant, holder: .user(identity), claims: claims)
        case .guests: return CacheKey(grant: grant, holder: .guests)
        case .visitor: return nil
        }
    }
}
