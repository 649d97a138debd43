/// A number of the sequence space: 32 bits that wrap around.
///
/// Two numbers compare by their distance modulo 2^32, which has a meaning only within half of the
/// space; nothing here compares numbers further apart than a window.
///
/// Source: RFC 9293, section 3.4.
public struct SequenceNumber: Hashable, Sendable, CustomStringConvertible {
  /// The number as it stands in the header.
  public var value: UInt32

  /// A number as it stands in the header.
  public init(_ value: UInt32) { self.value = value }

  /// The number in decimal.
  public var description: String { String(value) }

  /// The number so many further on, modulo 2^32.
  public static func + (number: SequenceNumber, count: Int) -> SequenceNumber {
    SequenceNumber(number.value &+ UInt32(truncatingIfNeeded: count))
  }

  /// The number so many before, modulo 2^32.
  public static func - (number: SequenceNumber, count: Int) -> SequenceNumber {
    SequenceNumber(number.value &- UInt32(truncatingIfNeeded: count))
  }

  /// The signed distance from the second number to the first, -2^31 to 2^31 - 1.
  public static func - (number: SequenceNumber, base: SequenceNumber) -> Int {
    Int(Int32(bitPattern: number.value &- base.value))
  }

  /// Moves on by so many numbers.
  public static func += (number: inout SequenceNumber, count: Int) { number = number + count }

  /// Whether this number comes before another.
  public func isBefore(_ other: SequenceNumber) -> Bool { self - other < 0 }

  /// Whether this number comes before another or is the same.
  public func isAtOrBefore(_ other: SequenceNumber) -> Bool { self - other <= 0 }

  /// Whether this number comes behind another.
  public func isAfter(_ other: SequenceNumber) -> Bool { self - other > 0 }

  /// Whether this number comes behind another or is the same.
  public func isAtOrAfter(_ other: SequenceNumber) -> Bool { self - other >= 0 }

  /// The number counted from an initial sequence number, as tools print it.
  public func relative(to initial: SequenceNumber) -> UInt32 { value &- initial.value }
}

/// Numbers from a first up to, not including, an end.
public struct SequenceRange: Hashable, Sendable {
  /// The first number.
  public var start: SequenceNumber
  /// The number behind the last.
  public var end: SequenceNumber

  /// A range of numbers.
  public init(_ start: SequenceNumber, _ end: SequenceNumber) {
    self.start = start
    self.end = end
  }

  /// How many numbers there are.
  public var count: Int { end - start }

  /// Whether the other range lies inside this one.
  public func contains(_ other: SequenceRange) -> Bool {
    start.isAtOrBefore(other.start) && other.end.isAtOrBefore(end)
  }
}
