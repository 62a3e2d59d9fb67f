import TestSupport
import Testing
import TokenProperties

/// What `make fuzz` does for longer: properties of every parser that strangers reach.
@Suite struct PropertyTests {
    @Test("the corpus keeps all properties, and each entry has inputs that are accepted", arguments: FuzzEntry.allCases)
    func corpus(entry: FuzzEntry) throws {
        let inputs = try #require(Corpus(vectors: Array(Vectors.data("jws/jws_vectors.jsonl"))).inputs[entry])
        var accepted = 0
        for input in inputs where try entry.check(input) { accepted += 1 }
        #expect(accepted > 0)
        #expect(accepted < inputs.count)
    }

    @Test("so do two thousand mutations of it", arguments: FuzzEntry.allCases)
    func mutations(entry: FuzzEntry) throws {
        let inputs = try #require(Corpus(vectors: Array(Vectors.data("jws/jws_vectors.jsonl"))).inputs[entry])
        var mutator = Mutator(seed: 1, corpus: inputs)
        var accepted = 0
        for _ in 0..<2_000 where try entry.check(mutator.next()) { accepted += 1 }
        #expect(accepted > 0)
    }
}
