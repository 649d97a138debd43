import Testing

@testable import Models

/// How the hashes of a random run are made: spread, or so that keys collide.
enum Hashing: CaseIterable {
  case spread
  /// Four buckets' worth of low bits, sixteen tophashes.
  case few
  /// One hash for all keys.
  case constant

  func hash(_ key: Int) -> UInt64 {
    let mixed = SplitMix64.mix(UInt64(key))
    return switch self {
    case .spread: mixed
    case .few: (mixed & 15) << 56 | mixed >> 20 & 3
    case .constant: 0x0300_0000_0000_0002
    }
  }
}

/// A random run of one map beside a plain dictionary.
struct RandomRun: CustomTestStringConvertible {
  var rules: MapType.Rules
  var hashing: Hashing
  var seed: UInt64

  var testDescription: String { "\(rules.rawValue), \(hashing) hashes, seed \(seed)" }

  static let all = MapType.Rules.allCases.flatMap { rules in
    Hashing.allCases.flatMap { hashing in
      (1...3).map { RandomRun(rules: rules, hashing: hashing, seed: UInt64($0)) }
    }
  }

  static let ofRuntime = all.filter { $0.rules != .notes }

  func key(_ number: Int) -> HashedKey {
    HashedKey(MapKey(spelling: number), .fixed(hashing.hash(number)))
  }

  func newMap(_ random: inout SplitMix64) -> Hmap {
    Hmap(
      type: MapType(
        rules: rules, variant: MapType.Variant.allCases.randomElement(using: &random) ?? .generic,
        bucketHasPointers: Bool.random(using: &random)),
      hint: [0, 8, 9, 30].randomElement(using: &random) ?? 0, seed: seed)
  }

  /// A next operation: phases of growing and of shrinking, so that every size is passed both ways.
  func operation(_ step: Int, keys: Int, _ random: inout SplitMix64) -> MapOperation {
    let number = Int.random(in: 0..<keys, using: &random)
    let shrinks = step / 120 % 3 == 2
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<(shrinks ? 15 : 55): return .assign(key(number), elem: step)
    case ..<80: return .delete(key(number))
    case ..<98: return .access(key(number))
    case 98: return .range
    default: return Int.random(in: 0..<4, using: &random) == 0 ? .clear : .range
    }
  }
}

@Suite struct MapPropertyTests {
  /// Whatever is done, the map holds what a dictionary holds, and every invariant holds after every
  /// operation.
  @Test(arguments: RandomRun.all)
  func aMapIsADictionary(_ run: RandomRun) {
    var random = SplitMix64(seed: run.seed)
    var map = run.newMap(&random)
    var plain: [Int: Int] = [:]
    for step in 0..<450 {
      let operation = run.operation(step, keys: 120, &random)
      var visited: [Int: Int] = [:]
      var visits = 0
      map.perform(operation) { event, now in
        switch event {
        case .keyFound(let key, let place, let elem):
          #expect(plain[Int(key.spelling)] == elem)
          #expect(now.find(key, hash: run.hashing.hash(Int(key.spelling))) == place)
        case .keyMissed(let key, _): #expect(plain[Int(key.spelling)] == nil)
        case .keyInserted(let key, _, _, let count):
          #expect(plain[Int(key.spelling)] == nil && count == plain.count + 1)
        case .elemOverwritten(let key, _, let old, _): #expect(plain[Int(key.spelling)] == old)
        case .keyDeleted(let key, _, let count):
          #expect(plain[Int(key.spelling)] != nil && count == plain.count - 1)
        case .mapCleared(let removed, _): #expect(removed == plain.count)
        case .entryVisited(_, let key, let elem, _):
          visited[Int(key.spelling)] = elem
          visits += 1
        default: break
        }
      }
      switch operation {
      case .assign(let key, let elem, _): plain[Int(key.key.spelling)] = elem
      case .delete(let key, _): plain[Int(key.key.spelling)] = nil
      case .clear: plain = [:]
      case .range: #expect(visited == plain && visits == plain.count)
      default: break
      }
      #expect(map.count == plain.count)
      let broken = map.brokenInvariants()
      guard broken.isEmpty else {
        Issue.record("step \(step), \(operation): \(broken)")
        return
      }
    }
    for number in 0..<120 {
      let place = map.find(MapKey(spelling: number), hash: run.hashing.hash(number))
      #expect((place != nil) == (plain[number] != nil))
    }
  }

  /// Whether somebody listens changes nothing, and neither does writing on a copy.
  @Test(arguments: RandomRun.all.filter { $0.seed == 1 })
  func observingAndCopyingChangeNothing(_ run: RandomRun) {
    var random = SplitMix64(seed: run.seed)
    var heard = run.newMap(&random)
    var unheard = heard
    var copies: [(Hmap, String)] = []
    for step in 0..<600 {
      let operation = run.operation(step, keys: 100, &random)
      heard.perform(operation) { _, _ in }
      unheard.perform(operation, observer: nil)
      if step % 20 == 0 {
        #expect(heard.fingerprint == unheard.fingerprint, "step \(step)")
        copies.append((heard, heard.fingerprint))
      }
    }
    for (copy, fingerprint) in copies { #expect(copy.fingerprint == fingerprint) }
  }

  /// The state that an observer is given is the one right after the event.
  @Test func theLastEventComesWithTheFinalState() {
    let run = RandomRun(rules: .go1_19, hashing: .few, seed: 9)
    var random = SplitMix64(seed: 9)
    var map = run.newMap(&random)
    for step in 0..<300 {
      var last = ""
      map.perform(run.operation(step, keys: 60, &random)) { _, now in last = now.fingerprint }
      #expect(last == map.fingerprint)
    }
  }

  /// C10, C11: a growth is paid for by writes, at most two buckets each, and ends in time.
  @Test(arguments: RandomRun.ofRuntime)
  func aGrowthIsPaidForByWrites(_ run: RandomRun) {
    var random = SplitMix64(seed: run.seed)
    var map = run.newMap(&random)
    var writes = 0
    var evacuated = 0
    var oldCount = 0
    for step in 0..<1500 {
      let operation = run.operation(step, keys: 200, &random)
      let isWrite = !map.isIdle(operation)
      if isWrite { writes += 1 }
      var ofThisGrowth = 0
      map.perform(operation) { event, now in
        switch event {
        case .growthStarted(_, _, let fromB, _, _, _):
          (writes, evacuated, oldCount, ofThisGrowth) = (1, 0, 1 << fromB, 0)
        case .bucketEvacuated:
          evacuated += 1
          ofThisGrowth += 1
          #expect(isWrite)
        case .growthFinished:
          #expect(evacuated == oldCount)
          #expect(writes <= oldCount)
        default: break
        }
      }
      #expect(ofThisGrowth <= 2)
      if map.isGrowing { #expect(evacuated <= 2 * writes && writes < oldCount) }
    }
    #expect(map.growthNumber > 0)
  }

  /// C12, C13: what was just evacuated has no holes, and its keys keep their order; those of a
  /// same-size growth keep their bucket too.
  @Test(arguments: RandomRun.ofRuntime)
  func evacuatedChainsAreCompactAndKeepTheirOrder(_ run: RandomRun) {
    var random = SplitMix64(seed: run.seed)
    var map = run.newMap(&random)
    var before: [[Int32]] = []
    for step in 0..<1000 {
      map.perform(run.operation(step, keys: 150, &random)) { event, now in
        switch event {
        case .growthStarted:
          before = (0..<now.oldArray.bucketCount).map { now.oldArray.liveKeys($0) }
        case .bucketEvacuated(_, let bucket, let moved):
          let halves = now.isSameSizeGrow ? [bucket] : [bucket, bucket + now.oldArray.bucketCount]
          var arrived: [[Int32]] = []
          for half in halves {
            let marks = now.newArray.chain(half).flatMap { block in
              (0..<Bmap.slotCount).map { now.newArray[block].tophash[$0] }
            }
            let rest = marks.drop { TopHash.isLive($0) }
            let isCompact = rest.allSatisfy { $0 == TopHash.emptyRest }
            #expect(isCompact, "step \(step), \(marks)")
            arrived.append(now.newArray.liveKeys(half))
          }
          #expect(moved == before[bucket].count)
          for (index, keys) in arrived.enumerated() {
            let members = Set(keys)
            #expect(keys == before[bucket].filter(members.contains))
            #expect(arrived.count == 2 || keys == before[bucket], "half \(index)")
          }
        default: break
        }
      }
    }
  }

  /// The notes: exactly two keys in every operation while the map grows, one or two in the one that
  /// finishes, none outside of a growth.
  @Test(arguments: RandomRun.all.filter { $0.rules == .notes })
  func byTheNotesTwoKeysMoveInEveryOperation(_ run: RandomRun) {
    var random = SplitMix64(seed: run.seed)
    var map = run.newMap(&random)
    var finished = 0
    for step in 0..<1500 {
      let operation = run.operation(step, keys: 200, &random)
      let (wasGrowing, left) = (map.isGrowing, map.count)
      var (moved, starts, ends) = (0, 0, 0)
      map.perform(operation) { event, now in
        switch event {
        case .keyMoved(_, let from, let to, let toY, let ordinal):
          #expect(now.isGrowing && ordinal == moved)
          #expect(to.bucket == from.bucket + (toY ? now.oldArray.bucketCount : 0))
          moved += 1
        case .growthStarted: starts += 1
        case .growthFinished: ends += 1
        default: break
        }
      }
      if case .clear = operation {
        #expect(moved == 0 && !map.isGrowing)
      } else if !wasGrowing {
        // The operation that starts a growth moves none yet.
        #expect(moved == 0 && (ends == 0 || left == 0 && starts == 1))
      } else if ends == 0 {
        #expect(moved == 2, "step \(step), \(operation)")
      } else {
        #expect((1...2).contains(moved), "step \(step), \(operation)")
        finished += 1
      }
    }
    #expect(finished > 0)
  }
}

extension Hmap {
  /// Whether an operation does no growth work whatever the map's state.
  fileprivate func isIdle(_ operation: MapOperation) -> Bool {
    switch operation {
    case .assign: false
    case .delete: count == 0
    default: true
    }
  }
}

extension BucketArray {
  /// The live keys of a bucket's chain in their order.
  fileprivate func liveKeys(_ bucket: Int) -> [Int32] {
    chain(bucket).flatMap { block in
      (0..<Bmap.slotCount).filter { TopHash.isLive(self[block].tophash[$0]) }
        .map { self[block].keys[$0].spelling }
    }
  }
}

/// Each invariant notices what it is there for.
@Suite struct MapInvariantTests {
  private func sound(_ rules: MapType.Rules = .go1_19, entries: Int = 20) -> Hmap {
    var probe = MapProbe(rules, hint: 26)
    probe.insertEvenly(0..<entries)
    return probe.map
  }

  private func broken(
    _ rules: MapType.Rules = .go1_19, entries: Int = 20, _ damage: (inout Hmap) -> Void
  ) -> String {
    var map = sound(rules, entries: entries)
    #expect(map.brokenInvariants() == [])
    damage(&map)
    return map.brokenInvariants().joined(separator: "\n")
  }

  @Test func aWrongCountIsNoticed() { #expect(broken { $0.count += 1 }.contains("C1")) }

  @Test func aKeyInAWrongBucketIsNoticed() {
    #expect(broken { $0.newArray[0].hashes[0] ^= 1 }.contains("C2"))
  }

  @Test func aWrongTophashIsNoticed() {
    #expect(broken { $0.newArray[0].tophash[0] ^= 0x80 }.contains("C3"))
  }

  @Test func aKeyThatIsThereTwiceIsNoticed() {
    #expect(broken { $0.newArray[0].keys[1] = $0.newArray[0].keys[0] }.contains("C4"))
  }

  @Test func aKeyBehindEmptyRestIsNoticed() {
    #expect(broken { $0.newArray[0].tophash[1] = TopHash.emptyRest }.contains("C5"))
  }

  @Test func emptyOneAtTheEndIsNoticed() {
    #expect(broken { $0.newArray[0].tophash[7] = TopHash.emptyOne }.contains("C5"))
  }

  @Test func aMarkOfEvacuationInTheNewArrayIsNoticed() {
    #expect(broken { $0.newArray[0].tophash[7] = TopHash.evacuatedX }.contains("mark 2"))
  }

  @Test func aWrongNoverflowIsNoticed() { #expect(broken { $0.noverflow = 1 }.contains("C9")) }

  @Test func aBucketBelowNevacuateThatIsNotEvacuatedIsNoticed() {
    #expect(broken(entries: 27) { $0.nevacuate = 3 }.contains("C6"))
  }

  @Test func aHalfEvacuatedBucketIsNoticed() {
    let text = broken(entries: 27) { $0.oldArray[1].tophash[0] = TopHash.evacuatedX }
    #expect(text.contains("C6"))
  }

  @Test func aNewBucketFilledTooEarlyIsNoticed() {
    let text = broken(entries: 27) { map in
      map.newArray[1].store(0, MapKey(spelling: 99), hash(bucket: 1), 0, tophash: 100)
    }
    #expect(text.contains("C7"))
  }

  @Test func tooManyEntriesWithoutAGrowthAreNoticed() {
    #expect(
      broken(entries: 27) {
        $0.isGrowing = false; $0.B = 2
      }.contains("C8"))
  }

  @Test func aWrongNumberOfKeysLeftIsNoticed() {
    #expect(broken(.notes, entries: 27) { $0.oldCount += 1 }.contains("oldCount"))
  }
}
