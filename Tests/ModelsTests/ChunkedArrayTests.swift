import Testing

@testable import Models

@Suite struct ChunkedArrayTests {
  @Test(arguments: [0, 1, 63, 64, 65, 128, 1000])
  func startsWithEqualElements(_ count: Int) {
    let array = ChunkedArray(repeating: 7, count: count, chunkBits: 6)
    #expect(array.count == count)
    #expect((0..<count).allSatisfy { array[$0] == 7 })
  }

  @Test(arguments: [0, 1, 63, 64, 65])
  func behavesLikeAnArrayAndLeavesCopiesAlone(_ start: Int) {
    var random = SplitMix64(seed: UInt64(start))
    var array = ChunkedArray(repeating: 0, count: start, chunkBits: 6)
    var plain = Array(repeating: 0, count: start)
    var copies: [(ChunkedArray<Int>, [Int])] = []
    for value in 1...500 {
      if plain.isEmpty || Bool.random(using: &random) {
        array.append(value)
        plain.append(value)
      } else {
        let index = Int.random(in: plain.indices, using: &random)
        array[index] = value
        plain[index] = value
      }
      if value % 50 == 0 { copies.append((array, plain)) }
    }
    for (array, plain) in copies + [(array, plain)] {
      #expect(array.count == plain.count)
      #expect(plain.indices.allSatisfy { array[$0] == plain[$0] })
    }
  }
}

@Suite struct SplitMix64Tests {
  /// Source: the reference implementation's output for the seed 1234567.
  @Test func givesTheReferenceNumbers() {
    var random = SplitMix64(seed: 1_234_567)
    #expect(
      (0..<5).map { _ in random.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test func theSameSeedGivesTheSameNumbers() {
    var (first, second) = (SplitMix64(seed: 3), SplitMix64(seed: 3))
    for _ in 0..<100 { #expect(first.next() == second.next()) }
  }

  @Test func mixingIsOneToOne() {
    #expect(Set((0..<10_000).map { SplitMix64.mix($0) }).count == 10_000)
  }
}
