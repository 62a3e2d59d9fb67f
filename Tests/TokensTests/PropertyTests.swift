// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TokenProperties

/// A short form of `make fuzz`: properties of every parser of untrusted input.
@Suite struct PropertyTests {
    @Test(
        "all properties hold for the corpus, and each entry accepts some of its inputs", arguments: FuzzEntry.allCases)
    func corpus(entry: FuzzEntry) throws {
        let inputs = try #require(Corpus(vectors: Array(Vectors.data("jws/jws_vectors.jsonl"))).inputs[entry])
        var accepted = 0
        for input in inputs where try entry.check(input) { accepted += 1 }
        #expect(accepted > 0)
        #expect(accepted < inputs.count)
    }

    @Test("all properties hold for two thousand mutations of the corpus", arguments: FuzzEntry.allCases)
    func mutations(entry: FuzzEntry) throws {
        let inputs = try #require(Corpus(vectors: Array(Vectors.data("jws/jws_vectors.jsonl"))).inputs[entry])
        var mutator = Mutator(seed: 1, corpus: inputs)
        var accepted = 0
        for _ in 0..<2_000 where try entry.check(mutator.next()) { accepted += 1 }
        #expect(accepted > 0)
    }
}
