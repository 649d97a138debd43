import Models

/// Reading an application's calls.
extension PacketdrillReader {
  /// Calls that the model takes part in.
  static let knownCalls: Set<String> = [
    "socket", "bind", "listen", "accept", "connect", "read", "recv", "recvfrom", "readv", "recvmsg",
    "write", "send", "sendto", "writev", "sendmsg", "shutdown", "close", "fcntl", "setsockopt",
    "getsockopt",
  ]

  /// Calls of the notation that the model has no part in.
  static let outsideCalls: Set<String> = [
    "ioctl", "poll", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait", "sendfile",
    "splice", "pipe",
    "open",
    "usleep", "fork", "getpeername", "getsockname", "socketpair", "sleep", "pread",
    "fstat", "mmap", "kqueue", "kevent", "sendmmsg", "recvmmsg", "vmsplice", "select", "cap_set",
  ]

  /// `name(arguments) = result ERROR (words)`.
  mutating func readCall() throws(InputError) -> PacketdrillScript.Kind {
    let start = cursor.at
    var name = cursor.word()
    if name == "accept4" { name = "accept" }
    guard !name.isEmpty, name.first?.isNumber == false else {
      throw cursor.unexpected("a segment behind < or >, or a call")
    }
    cursor.skipBlanks()
    guard cursor.current == UInt8(ascii: "(") else {
      throw cursor.unexpected("'(' behind \(name)")
    }
    let known = Self.knownCalls.union(Self.outsideCalls)
    if !known.contains(name), let near = Nearest.word(name, among: known.sorted()) {
      throw cursor.error("unknown call '\(name)'; did you mean '\(near)'?", at: start)
    }
    let arguments = Self.split(try cursor.bracketed("the list of arguments"))
    var call = PacketdrillScript.SocketCall(name: name, arguments: arguments)
    try readResult(into: &call)
    try requireArguments(call, at: start)
    guard known.contains(name) else { return .outside(name) }
    return .call(call)
  }

  private mutating func readResult(
    into call: inout PacketdrillScript.SocketCall
  ) throws(InputError) {
    guard cursor.take("=") else { return }
    cursor.skipBlanks()
    if cursor.ellipsis() {
      call.result = nil
    } else if cursor.current.map({ (0x41...0x7a).contains($0) }) == true {
      // Flags by their names.
      repeat { _ = cursor.word() } while cursor.take("|")
    } else {
      call.result = try cursor.number("the call's result", in: -0x8000_0000...0xffff_ffff)
    }
    let word = cursor.peekWord()
    if word.count > 1, word.first == "E", word.allSatisfy({ $0.isUppercase || $0.isNumber }) {
      call.error = cursor.word()
    }
    cursor.skipBlanks()
    if cursor.current == UInt8(ascii: "(") { _ = try cursor.bracketed("the words in brackets") }
  }

  /// The least number of arguments without which a call says nothing.
  private func requireArguments(
    _ call: PacketdrillScript.SocketCall, at start: Int
  ) throws(InputError) {
    let least =
      switch call.name {
      case "close", "listen", "accept", "connect", "bind", "read", "recv", "write", "send": 1
      case "shutdown", "fcntl": 2
      case "setsockopt", "getsockopt": 4
      default: 0
      }
    guard call.arguments.count >= least else {
      throw cursor.error(
        "\(call.name) takes \(least == 1 ? "an argument" : "\(least) arguments") at least",
        at: start)
    }
    guard least > 0 else { return }
    guard call.arguments[0].number != nil else {
      throw cursor.error(
        "\(call.name)'s first argument must be the number of a socket, not '\(call.text(0))'",
        at: start)
    }
  }

  /// Splits at the commas outside of brackets and texts.
  static func split(_ text: String) -> [PacketdrillScript.Argument] {
    var parts: [String] = [""]
    var depth = 0
    var isText = false
    for character in text {
      if character == "\"" { isText.toggle() }
      if !isText {
        if "([{".contains(character) { depth += 1 }
        if ")]}".contains(character) { depth -= 1 }
        if character == ",", depth == 0 {
          parts.append("")
          continue
        }
      }
      parts[parts.count - 1].append(character)
    }
    if parts.count == 1, parts[0].trimmed.isEmpty { return [] }
    return parts.map { PacketdrillScript.Argument(text: String($0.trimmed)) }
  }
}
