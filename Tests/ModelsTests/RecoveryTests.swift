import Testing

@testable import Models

/// The congestion window in a recovery, in segments.
struct RecoveryTests {
  private func told(
    _ arrived: Int, lost: Int = 0, advances: Bool = false, inFlight: Int
  ) -> Recovery.Acknowledgment {
    Recovery.Acknowledgment(arrived: arrived, lost: lost, advances: advances, inFlight: inFlight)
  }

  private func reducing(window: Int = 10) -> Recovery {
    var recovery = Recovery()
    recovery.congestionWindow = window
    recovery.beginReducing(until: SequenceNumber(1000))
    return recovery
  }

  // MARK: RFC 6937

  /// Twenty in flight, the first lost: seven segments go for ten that arrive.
  @Test func reductionIsProportional() {
    var recovery = reducing(window: 20)
    var inFlight = 18
    var sent = 0
    for arrived in 1...19 {
      recovery.adjust(told(1, lost: arrived == 1 ? 1 : 0, inFlight: inFlight), .reno)
      while inFlight < recovery.congestionWindow {
        inFlight += 1
        recovery.noteSent()
        sent += 1
      }
      inFlight -= 1
    }
    #expect(sent == 14)
    recovery.end(.reno)
    #expect(recovery.congestionWindow == 14)
    #expect(recovery.until == nil)
  }

  /// With less in flight than the window is to be, as many go as have arrived.
  @Test func whatHasArrivedIsMadeUpFor() {
    var recovery = reducing()
    recovery.adjust(told(1, lost: 1, inFlight: 0), .reno)
    #expect(recovery.congestionWindow == 1)
    recovery.noteSent()
    recovery.adjust(told(2, lost: 2, advances: true, inFlight: 1), .reno)
    #expect(recovery.congestionWindow == 3)
  }

  /// SND.UNA that advances without a new loss lets one more go.
  @Test func advanceLetsOneMoreGo() {
    var recovery = reducing()
    recovery.adjust(told(1, lost: 1, inFlight: 0), .reno)
    recovery.noteSent()
    recovery.adjust(told(1, advances: true, inFlight: 1), .reno)
    #expect(recovery.congestionWindow == 3)
  }

  /// At least the first lost segment goes, and no more than to the new window.
  @Test func oneGoesAtLeastAndSevenAtMost() {
    var least = reducing()
    least.adjust(told(1, lost: 1, inFlight: 9), .reno)
    #expect(least.congestionWindow == 10)
    var most = reducing()
    most.adjust(told(9, lost: 1, inFlight: 4), .reno)
    #expect(most.congestionWindow == 7)
  }

  // MARK: A timeout

  @Test func timeoutBeginsWithOne() {
    var recovery = Recovery()
    recovery.congestionWindow = 10
    recovery.beginAnew(until: SequenceNumber(1000), outstanding: 8)
    #expect(recovery.congestionWindow == 1)
    #expect(!recovery.isReducing)
    recovery.grow(by: 4)
    #expect(recovery.congestionWindow == 4, "slow start ends at half of what was outstanding")
    recovery.grow(by: 3)
    #expect(recovery.congestionWindow == 5, "then a segment for a window")
  }

  // MARK: BBR

  /// As many go as arrive, until something is acknowledged that went after the loss; then at least
  /// four; in the end as before.
  @Test func conservationLastsARoundTrip() {
    var recovery = reducing()
    var chunk = SentChunk(
      seq: SequenceNumber(0), control: [], payload: nil, sentAt: 0, firstSentAt: 0)
    recovery.noteArrived(chunk)
    recovery.adjust(told(1, lost: 1, inFlight: 0), .bbr)
    #expect(recovery.congestionWindow == 1)
    recovery.sentAfter = 0
    recovery.noteArrived(chunk)
    recovery.adjust(told(1, inFlight: 2), .bbr)
    #expect(recovery.congestionWindow == 3)
    chunk.arrivedBefore = recovery.arrivedCount
    recovery.noteArrived(chunk)
    recovery.adjust(told(1, lost: 2, inFlight: 1), .bbr)
    #expect(recovery.congestionWindow == 4)
    recovery.noteArrived(chunk)
    recovery.adjust(told(2, inFlight: 3), .bbr)
    #expect(recovery.congestionWindow == 6)
    recovery.end(.bbr)
    #expect(recovery.congestionWindow == 10)
  }
}
