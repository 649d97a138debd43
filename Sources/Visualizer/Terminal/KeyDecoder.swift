internal import CNcurses

/// Turns what curses reads into keys; a value without a terminal, so that every byte can be tested.
///
/// curses knows the sequences that the terminal's description names. Terminals send others, too:
/// the usual ones are understood here, and the rest is swallowed whole, as its letters would
/// otherwise act as keys that nobody pressed.
struct KeyDecoder {
  private enum State {
    case plain
    case afterEscape
    /// Inside of `ESC [`, with what followed so far.
    case control([Unicode.Scalar])
    /// After `ESC O`.
    case single
    /// Inside of a string such as a reply of the terminal, up to BEL or `ESC \`.
    case string(sawEscape: Bool)
  }

  private var state = State.plain
  var takesMouse = false
  /// What the terminal has answered of synchronized output; nil before it has.
  private(set) var synchronizes: Bool?

  /// Takes a key for which curses has a code.
  mutating func take(code: Int32) -> Key? {
    state = .plain
    switch code {
    case KEY_UP: return .up
    case KEY_DOWN: return .down
    case KEY_LEFT: return .left
    case KEY_RIGHT: return .right
    case KEY_HOME, KEY_A1, KEY_FIND: return .home
    case KEY_END, KEY_C1, KEY_SELECT: return .end
    case KEY_PPAGE, KEY_A3: return .pageUp
    case KEY_NPAGE, KEY_C3: return .pageDown
    case KEY_ENTER: return .enter
    case KEY_BTAB: return .backTab
    case KEY_BACKSPACE: return .backspace
    case KEY_DC: return .delete
    case KEY_IC: return .insert
    case KEY_F0 + 1...KEY_F0 + 63: return .function(Int(code - KEY_F0))
    case KEY_MOUSE:
      // curses takes the beginning of a report, `ESC [ <`, and leaves the rest of it as letters.
      state = .control(["<"])
      return nil
    default: return nil
    }
  }

  /// Takes a character; returns nothing where it belongs to a longer sequence, or is none at all.
  mutating func take(_ scalar: Unicode.Scalar) -> Key? {
    switch state {
    case .plain:
      if scalar == "\u{1b}" {
        state = .afterEscape
        return nil
      }
      return Self.key(scalar)
    case .afterEscape: return takeAfterEscape(scalar)
    case .control(let parameters): return takeControl(scalar, parameters)
    case .single:
      state = .plain
      return Self.sequence([], final: scalar)
    case .string(let sawEscape):
      let ends = scalar == "\u{7}" || scalar == "\u{9c}" || (sawEscape && scalar == "\\")
      state = ends ? .plain : .string(sawEscape: scalar == "\u{1b}")
      return nil
    }
  }

  /// Nothing more has come for a while: an escape that stands alone is the key, and a sequence that
  /// breaks off is given up.
  mutating func pause() -> Key? {
    defer { state = .plain }
    if case .afterEscape = state { return .escape }
    return nil
  }

  private mutating func takeAfterEscape(_ scalar: Unicode.Scalar) -> Key? {
    switch scalar {
    case "[": state = .control([])
    case "O": state = .single
    case "]", "P", "X", "^", "_": state = .string(sawEscape: false)
    case "\u{1b}": return .escape  // and the second one begins anew
    default:
      state = .plain
      if case .character(let character)? = Self.key(scalar) { return .alt(character) }
    }
    return nil
  }

  private mutating func takeControl(
    _ scalar: Unicode.Scalar, _ parameters: [Unicode.Scalar]
  ) -> Key? {
    switch scalar.value {
    case 0x20...0x3f where parameters.count < 32:
      state = .control(parameters + [scalar])
      return nil
    case 0x5b where parameters.isEmpty:  // function keys of the Linux console: ESC [ [ A
      state = .single
      return nil
    case 0x1b:
      state = .afterEscape
      return nil
    default:
      state = .plain
      if parameters.first == "<" { return takesMouse ? Self.mouse(parameters, scalar) : nil }
      if scalar == "y" { takeModeReport(parameters) }
      return Self.sequence(parameters, final: scalar)
    }
  }

  /// A press of the left button or a turn of the wheel; all other reports are no key.
  ///
  /// Source: xterm, ctlseqs, SGR mouse reports: `ESC [ < button ; column ; row M`, from 1.
  private static func mouse(_ parameters: [Unicode.Scalar], _ final: Unicode.Scalar) -> Key? {
    let text = String(String.UnicodeScalarView(parameters.dropFirst()))
    let numbers = text.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) }
    guard final == "M", numbers.count == 3, let button = numbers[0],
      let column = numbers[1], let row = numbers[2], column > 0, row > 0
    else { return nil }
    switch button {
    case 0: return .click(column: column - 1, row: row - 1)
    case 64: return .wheelUp
    case 65: return .wheelDown
    default: return nil
    }
  }

  /// Source: DEC, DECRPM `ESC [ ? mode ; state $ y`; 1 is set, 2 is reset, 0 is not known.
  private mutating func takeModeReport(_ parameters: [Unicode.Scalar]) {
    let text = String(String.UnicodeScalarView(parameters))
    guard text.hasPrefix("?2026;"), text.hasSuffix("$") else { return }
    synchronizes = text == "?2026;1$" || text == "?2026;2$"
  }

  /// The well-known sequences; with modifiers or unknown they are no key.
  private static func sequence(_ parameters: [Unicode.Scalar], final: Unicode.Scalar) -> Key? {
    if parameters.isEmpty || parameters == ["1"] {
      switch final {
      case "A": return .up
      case "B": return .down
      case "C": return .right
      case "D": return .left
      case "H": return .home
      case "F": return .end
      case "M": return .enter
      case "P": return .function(1)
      case "Q": return .function(2)
      case "R": return .function(3)
      case "S": return .function(4)
      case "Z": return .backTab
      default: break
      }
    }
    guard final == "~" else { return nil }
    switch parameters {
    case ["1"], ["7"]: return .home
    case ["4"], ["8"]: return .end
    case ["2"]: return .insert
    case ["3"]: return .delete
    case ["5"]: return .pageUp
    case ["6"]: return .pageDown
    default: return nil
    }
  }

  private static func key(_ scalar: Unicode.Scalar) -> Key? {
    switch scalar.value {
    case 0x0a, 0x0d: return .enter
    case 0x09: return .tab
    case 0x08, 0x7f: return .backspace
    case 0x00: return .control(" ")
    case 0x01...0x1a: return .control(Unicode.Scalar(UInt8(scalar.value) + 0x60))
    case 0x1c...0x1f: return .control(Unicode.Scalar(UInt8(scalar.value) + 0x40))
    case 0x80..<0xa0: return nil
    default: return .character(scalar)
    }
  }
}
