/// A key as the viewer sees it, whatever bytes the terminal sends for it.
enum Key: Hashable {
  case character(Unicode.Scalar)
  /// A letter or sign pressed together with Ctrl, in lower case.
  case control(Unicode.Scalar)
  /// A character pressed together with Alt.
  case alt(Unicode.Scalar)
  /// F1 is 1.
  case function(Int)
  case up, down, left, right
  case home, end, pageUp, pageDown
  case enter, escape, tab, backTab
  case backspace, delete, insert
  /// The left button of the mouse, pressed on a cell.
  case click(column: Int, row: Int)
  case wheelUp, wheelDown

  /// The keys of the ten digits.
  static let digits: [Key] = (0...9).map { .character(Unicode.Scalar(UInt8(0x30 + $0))) }

  /// The digit on the key; nil for other keys.
  var digit: Int? { Self.digits.firstIndex(of: self) }
}
