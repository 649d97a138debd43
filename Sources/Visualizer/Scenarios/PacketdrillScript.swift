import Models

/// A TCP test in packetdrill's notation: what an application calls, which segments a tester injects,
/// and which ones the system under test is expected to send.
///
/// The notation is that of google/packetdrill and of its descendants for other systems. Numbers in
/// it are relative: each side's SYN stands where the script writes it, most often at 0.
struct PacketdrillScript {
  var file: String
  /// The first comment that describes the test; empty where there is none.
  var title = ""
  var options: [Option] = []
  var events: [Event] = []

  /// A line such as `--tolerance_usecs=75000`.
  struct Option {
    var name: String
    var value: String
    var line: Int
  }

  /// When something happens or is expected.
  enum Time: Equatable {
    /// `*`: whenever it does.
    case any
    /// From a first time, up to a second one where there is a range.
    case at(Microseconds, upTo: Microseconds?, isRelative: Bool)
  }

  /// One line of the script's time line.
  struct Event {
    var line: Int
    var time: Time
    /// When a blocking call returns, counted as `time` is.
    var returnsAt: Microseconds?
    var kind: Kind
  }

  enum Kind {
    case call(SocketCall)
    /// The tester sends a segment.
    case injected(Packet)
    /// The system under test sends a segment.
    case expected(Packet)
    /// A command for a shell.
    case shell(String)
    /// Something that the model has no part in; in a few words what.
    case outside(String)
  }

  /// A call of the application.
  struct SocketCall {
    var name: String
    var arguments: [Argument]
    /// What it returns; nil for a value left open.
    var result: Int?
    /// The name of the error, such as `ECONNRESET`.
    var error: String?

    /// An argument's number, or nil.
    func number(_ index: Int) -> Int? {
      index < arguments.count ? arguments[index].number : nil
    }

    /// An argument's text, or an empty one.
    func text(_ index: Int) -> String { index < arguments.count ? arguments[index].text : "" }
  }

  /// An argument as it is written.
  struct Argument: Equatable {
    var text: String

    /// The number that it is; `[4]`, a number behind an address, counts as well.
    var number: Int? {
      var text = Substring(text)
      if text.hasPrefix("["), text.hasSuffix("]") { text = text.dropFirst().dropLast() }
      return PacketdrillNumber.parse(text)
    }

    /// The value of a member of a structure, such as `linger` in `{onoff=1, linger=0}`.
    func member(_ name: String) -> String? {
      for part in text.split(whereSeparator: { "{}[],".contains($0) }) {
        let sides = part.split(separator: "=", maxSplits: 1)
        guard sides.count == 2, sides[0].trimmed == name else { continue }
        return String(sides[1].trimmed)
      }
      return nil
    }
  }

  /// A segment, its numbers relative.
  struct Packet {
    /// The line that it stands on, and what is written there from its `<` on.
    var source = ""
    var flags: SegmentFlags
    /// Whether flags or fields of congestion notification stand in it, which the model lacks.
    var hasECN = false
    /// nil: left open.
    var seq: UInt32?
    /// Bytes of payload; nil: left open.
    var length: Int?
    /// Whether an acknowledgment number is given.
    var hasAck = false
    /// nil: left open, or not given.
    var ack: UInt32?
    var window: Int?
    var options: [SegmentOption] = []
  }

  /// An option in a segment's header.
  enum SegmentOption: Equatable {
    case mss(Int)
    case windowScale(Int)
    case sackPermitted
    case timestamps(value: UInt32, echo: UInt32)
    case sack([ClosedRange<UInt32>])
    /// `...`: whichever the system offers.
    case open
    /// One that means nothing to the model.
    case other(String)
  }

  /// The value of an option line.
  func option(_ name: String) -> Option? { options.last { $0.name == name } }
}

/// Numbers as the notation writes them.
enum PacketdrillNumber {
  /// A decimal or hexadecimal number; nil for anything else.
  static func parse(_ text: some StringProtocol) -> Int? {
    let text = text.trimmed
    if text.hasPrefix("0x") || text.hasPrefix("0X") { return Int(text.dropFirst(2), radix: 16) }
    return Int(text)
  }
}

extension StringProtocol {
  /// The text without blanks at both ends.
  var trimmed: SubSequence {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return self[startIndex..<startIndex] }
    return self[first...last]
  }
}
