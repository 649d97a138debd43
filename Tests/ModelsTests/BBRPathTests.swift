import Testing

@testable import Models

/// What BBR measures of a path: rates, their maximum, policers, and what arrives in bunches.
struct BBRPathTests {
  /// Some segment.
  private static let chunk = SentChunk(
    seq: SequenceNumber(0), control: [], payload: nil, sentAt: 0, firstSentAt: 0)

  // MARK: Rates

  /// A flight of so many segments, sent at once and acknowledged at once.
  private func fly(
    _ count: Int, _ delivery: inout DeliveryRate, from sentAt: Microseconds,
    until now: Microseconds, arrivedBefore: Int = 0, minimum: Microseconds = 20_000
  ) -> DeliveryRate.Sample? {
    var chunks: [SentChunk] = []
    for number in 0..<count {
      var chunk = Self.chunk
      chunk.seq = SequenceNumber(UInt32(number))
      (chunk.sentAt, chunk.arrivedBefore) = (sentAt, arrivedBefore)
      chunk.mark = delivery.noteSent(isFirst: number == 0, at: sentAt)
      chunks.append(chunk)
    }
    delivery.begin()
    for chunk in chunks { delivery.noteArrived(chunk) }
    return delivery.measure(
      arrived: count, arrivedCount: arrivedBefore + count, minimum: minimum, at: now)
  }

  @Test func flightIsARate() {
    var delivery = DeliveryRate()
    let sample = fly(10, &delivery, from: 1000, until: 21_000)
    #expect(
      sample
        == DeliveryRate.Sample(
          priorDelivered: 0, delivered: 10, interval: 20_000, isAppLimited: false))
    // What took less than the shortest round trip came in a bunch.
    let bunch = fly(9, &delivery, from: 70_000, until: 75_000, arrivedBefore: 10)
    #expect(bunch?.interval == nil && bunch?.delivered == 9)
    // An acknowledgment of nothing new measures nothing, and so does one without a round trip.
    delivery.begin()
    #expect(delivery.measure(arrived: 0, arrivedCount: 1000, minimum: 1, at: 76_000) == nil)
    #expect(fly(2, &delivery, from: 0, until: 9, minimum: 0)?.interval == nil)
  }

  /// The handshake's segments are no sample.
  @Test func handshakeIsNoSample() {
    var delivery = DeliveryRate()
    var syn = Self.chunk
    syn.control = .syn
    syn.mark = delivery.noteSent(isFirst: true, at: 30_000)
    delivery.begin()
    delivery.noteArrived(syn)
    #expect(delivery.measure(arrived: 0, arrivedCount: 1, minimum: 20_000, at: 50_000) == nil)
  }

  /// What is sent over a time arrives no faster than it was sent, even where acknowledgments of the
  /// rest come in less.
  @Test func sendingLimitsTheRate() {
    var delivery = DeliveryRate()
    func arrive(_ chunk: SentChunk, count: Int, at now: Microseconds) -> DeliveryRate.Sample? {
      delivery.begin()
      delivery.noteArrived(chunk)
      return delivery.measure(arrived: 1, arrivedCount: count, minimum: 20_000, at: now)
    }
    var first = Self.chunk
    first.mark = delivery.noteSent(isFirst: true, at: 0)
    var last = Self.chunk
    last.seq = SequenceNumber(1)
    last.sentAt = 59_000
    last.mark = delivery.noteSent(isFirst: false, at: 59_000)
    _ = arrive(first, count: 1, at: 60_000)
    last.mark.arrivedAt = 60_000
    last.arrivedBefore = 1
    #expect(arrive(last, count: 2, at: 85_000)?.interval == 59_000)
    // The next flight is timed from the segment that arrived last.
    let next = delivery.noteSent(isFirst: false, at: 69_000)
    #expect(next == DeliveryRate.Mark(flightBeganAt: 59_000, arrivedAt: 85_000))
  }

  /// A program that leaves the path empty is remembered until more has arrived than was under way.
  @Test func idlenessIsMarked() {
    var delivery = DeliveryRate()
    delivery.noteIdle(arrivedCount: 10, inFlight: 3)
    let sample = fly(3, &delivery, from: 0, until: 20_000, arrivedBefore: 10)
    #expect(sample?.isAppLimited == true && delivery.isAppLimited)
    let more = fly(1, &delivery, from: 30_000, until: 50_000, arrivedBefore: 13)
    #expect(more?.isAppLimited == true, "it was sent before that")
    #expect(!delivery.isAppLimited)
    #expect(
      fly(1, &delivery, from: 60_000, until: 80_000, arrivedBefore: 14)?.isAppLimited == false)
  }

  // MARK: The maximum

  /// The greatest of the last ten rounds, whatever comes, as a plain search finds it within a quarter of
  /// the window.
  @Test func maximumIsOfTheLastRounds() {
    var maximum = WindowedMaximum(rounds: 10)
    var values: [Int] = []
    var random = SplitMix64(seed: 7)
    for round in 0..<500 {
      let value = Int(random.next() % 1000)
      values.append(value)
      maximum.take(value, in: round)
      let exact = values.suffix(11).max() ?? 0
      let lately = values.suffix(8).max() ?? 0
      #expect(maximum.value <= exact && maximum.value >= min(exact, lately))
    }
  }

  @Test func oldMaximumGivesWay() {
    var maximum = WindowedMaximum(rounds: 10)
    maximum.take(100, in: 0)
    maximum.take(50, in: 1)
    maximum.take(40, in: 4)
    maximum.take(30, in: 8)
    #expect(maximum.value == 100)
    maximum.take(10, in: 11)
    #expect(maximum.value == 40, "the best of what came a quarter of the window later")
    maximum.take(5, in: 40)
    #expect(maximum.value == 5, "nothing is left of the window")
  }

  // MARK: Policers

  private func observation(
    arrived: Int, lost: Int, lostNow: Int, at now: Microseconds
  ) -> BBR.Observation {
    BBR.Observation(
      now: now, arrivedAt: now, arrived: 1, arrivedCount: arrived, lost: lostNow, lostCount: lost,
      segmentSize: 1448)
  }

  /// The same rate between heavy losses twice in a row, of four round trips and more each: a policer's.
  @Test(arguments: [(20, 100, true), (5, 100, false), (20, 200, false)])
  func steadyLossesShowAPolicer(lost: Int, second: Int, isPolicer: Bool) {
    var policer = BBRPolicer()
    policer.reset(arrivedCount: 0, lostCount: 0, at: 0)
    func round(_ arrived: Int, _ lost: Int, _ lostNow: Int, _ now: Microseconds) {
      _ = policer.take(
        observation(arrived: arrived, lost: lost, lostNow: lostNow, at: now), isAppLimited: false,
        roundStarts: true, isCycling: false)
    }
    round(0, 1, 1, 1_000_000)
    for count in 1...2 { round(count * 25, 1, 0, 1_000_000 + count * 20_000) }
    round(75, 1, 0, 1_060_000)
    round(100, 1 + lost, lost, 1_080_000)
    for count in 1...3 { round(100 + count, 1 + lost, 0, 1_080_000 + count * 20_000) }
    round(100 + second, 1 + 2 * lost * second / 100, lost, 1_160_000)
    #expect((policer.rate != nil) == isPolicer)
    if isPolicer { #expect(policer.rate == (100 << 24) / 80_000) }
  }

  /// Its rate is kept to for 48 round trips of PROBE_BW; then the cycle begins anew.
  @Test func policerIsForgotten() {
    var policer = BBRPolicer()
    policer.reset(arrivedCount: 0, lostCount: 0, at: 0)
    for count in 0...8 {
      _ = policer.take(
        observation(arrived: count * 25, lost: count * 10, lostNow: 10, at: count * 20_000),
        isAppLimited: false, roundStarts: true, isCycling: false)
    }
    #expect(policer.rate != nil)
    var begins = 0
    for count in 9...60 {
      let again = policer.take(
        observation(arrived: count * 25, lost: 80, lostNow: 0, at: count * 20_000),
        isAppLimited: false, roundStarts: true, isCycling: true)
      if again { begins += 1 }
      #expect((policer.rate == nil) == (count >= 56))
    }
    #expect(begins == 1)
  }

  // MARK: Bunches

  /// What arrives beyond the bandwidth has room in the window, up to what comes in a tenth of a second, and
  /// for five to ten round trips.
  @Test func bunchesHaveRoom() {
    var aggregation = BBRAggregation()
    let bandwidth = (1 << 24) / 1000
    aggregation.begin(at: 0)
    var now = 0
    func arrive(_ count: Int, after time: Microseconds, roundStarts: Bool) {
      now += time
      aggregation.take(
        BBR.Observation(
          now: now, arrivedAt: now, arrived: count, arrivedCount: 0, segmentSize: 1448),
        bandwidth: bandwidth, roundStarts: roundStarts, window: 50)
    }
    arrive(10, after: 1000, roundStarts: true)
    #expect(aggregation.window(bandwidth: bandwidth) == 10)
    arrive(10, after: 5001, roundStarts: false)
    #expect(aggregation.window(bandwidth: bandwidth) == 15)
    arrive(90, after: 1000, roundStarts: false)
    #expect(aggregation.window(bandwidth: bandwidth) == 50, "no more than the window")
    #expect(aggregation.window(bandwidth: bandwidth / 10) == 9, "as the path lets in a tenth")
    for _ in 0..<4 { arrive(1, after: 200_000, roundStarts: true) }
    #expect(aggregation.window(bandwidth: bandwidth) == 50)
    for _ in 0..<6 { arrive(1, after: 200_000, roundStarts: true) }
    #expect(aggregation.window(bandwidth: bandwidth) < 10)
  }
}
