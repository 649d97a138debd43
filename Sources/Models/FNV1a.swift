/// A digest of 64 bits of whatever is taken in: the same on every machine and in every run.
///
/// For telling things apart and spreading keys; it keeps nothing secret.
///
/// Source: Fowler, Noll and Vo's FNV-1a with 64 bits, draft-eastlake-fnv, section 5.
public struct FNV1a: Sendable {
  /// The digest of what has been taken in so far.
  public private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  /// A digest of nothing yet.
  public init() {}

  /// Takes in a byte.
  public mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

  /// Takes in a number, its lowest byte first.
  public mutating func add(_ number: Int) {
    for shift in stride(from: 0, to: 64, by: 8) { add(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  /// Takes in a text without its end: two in a row are as one.
  public mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
  }

  /// Takes in a text and its end, by a byte that no text holds.
  public mutating func add(whole text: String) {
    add(text)
    add(0xff as UInt8)
  }

  /// The digest in sixteen hexadecimal digits.
  public var digits: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
