internal import Glibc
internal import PseudoTerminalSupport

/// A program on a terminal that the test holds the other end of.
///
/// Everything waits for a state, such as a text in the output or the end of the program, and fails
/// with what was written so far when it does not come in time; nothing sleeps for a fixed time. The
/// program is started by `posix_spawn` as leader of a new session; opening the terminal then makes
/// it the controlling one, so that signals, stops and hang-ups arrive as from a real terminal.
final class PseudoTerminal {
  /// How a program ended.
  enum Ending: Equatable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  /// What standard input, output or error is connected to.
  enum Stream {
    case terminal
    case null
  }

  /// A wait that took too long, or a system call that failed.
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Everything the program has written so far.
  private(set) var output: [UInt8] = []
  let process: pid_t

  private var master: Int32
  /// Held open, so that modes can still be read when the program is gone.
  private let slave: Int32
  private var ending: Ending?
  private var isReading = true

  /// Long enough for a loaded machine; only a failing test ever waits for it.
  static let patience = Duration.seconds(60)

  /// Starts a program in the environment that is given; nothing of the test's own is inherited.
  init(
    _ program: String, _ arguments: [String] = [], columns: Int = 80, rows: Int = 24,
    environment: [String: String], input: Stream = .terminal, output: Stream = .terminal,
    error: Stream = .terminal
  ) throws {
    var name = [CChar](repeating: 0, count: 256)
    master = pseudo_terminal_open(&name, name.count)
    guard master >= 0 else { throw Failure(description: "no pseudo-terminal: error \(errno)") }
    let path = String(cBytes: name)
    slave = Glibc.open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard slave >= 0 else { throw Failure(description: "cannot open \(path): error \(errno)") }
    Self.setSize(of: master, columns, rows)

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // Opened once whatever the streams are, to become the controlling terminal.
    posix_spawn_file_actions_addopen(&actions, 9, path, O_RDWR, 0)
    for (descriptor, stream) in [(Int32(0), input), (1, output), (2, error)] {
      switch stream {
      case .terminal: posix_spawn_file_actions_adddup2(&actions, 9, descriptor)
      case .null: posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
      }
    }
    posix_spawn_file_actions_addclose(&actions, 9)
    process = try Self.spawn(program, arguments, environment, &actions)
  }

  deinit {
    if ending == nil {
      kill(process, SIGKILL)
      var status: Int32 = 0
      waitpid(process, &status, 0)
    }
    if master >= 0 { close(master) }
    close(slave)
  }

  static func spawn(
    _ program: String, _ arguments: [String], _ environment: [String: String],
    _ actions: inout posix_spawn_file_actions_t
  ) throws -> pid_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    // The test process may block or ignore signals; the program starts as from a shell.
    let flags = Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
    posix_spawnattr_setflags(&attributes, flags | spawn_in_new_session)
    var argv = ([program] + arguments).map { strdup($0) } + [nil]
    var envp = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") }
    envp.append(nil)
    defer { for text in argv + envp { free(text) } }
    var process: pid_t = 0
    let result = posix_spawn(&process, program, &actions, &attributes, &argv, &envp)
    guard result == 0 else {
      throw Failure(description: "cannot start \(program): error \(result)")
    }
    return process
  }
}

// MARK: What a user does

extension PseudoTerminal {
  /// Types text, or what a key sends.
  func send(_ text: String) { send(Array(text.utf8)) }

  /// Types bytes.
  func send(_ bytes: [UInt8], readingOutput: Bool = true) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(master, $0.baseAddress, min($0.count, 512)) }
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
      // A program that answers every key must not be blocked by its own output.
      if readingOutput { read(milliseconds: 0) }
    }
  }

  /// Sends a signal to the program itself.
  func signal(_ number: Int32) { kill(process, number) }

  /// Changes the window's size; the kernel tells the program.
  func resize(columns: Int, rows: Int) { Self.setSize(of: master, columns, rows) }

  /// Pulls the plug: the kernel hangs up on the program.
  func hangUp() {
    close(master)
    master = -1
  }

  private static func setSize(of terminal: Int32, _ columns: Int, _ rows: Int) {
    var size = winsize(
      ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = withUnsafeMutablePointer(to: &size) { ioctl(terminal, UInt(TIOCSWINSZ), $0) }
  }
}

// MARK: What a user sees

extension PseudoTerminal {
  /// The output as text.
  var text: String { String(decoding: output, as: UTF8.self) }

  /// The output since a place in it, as text.
  func text(since start: Int) -> String {
    String(decoding: output[min(start, output.count)...], as: UTF8.self)
  }

  /// Reads until the output holds a text, and returns the place behind it.
  @discardableResult
  func wait(for text: String, since start: Int = 0) throws -> Int {
    let wanted = Array(text.utf8)
    return try wait("\"\(text)\"") {
      guard let place = self.place(of: wanted, since: start) else { return nil }
      return place + wanted.count
    }
  }

  /// Reads until a condition holds.
  @discardableResult
  func wait<Result>(
    _ purpose: String, patience: Duration = patience, until condition: () throws -> Result?
  ) throws -> Result {
    let deadline = ContinuousClock.now + patience
    while true {
      if let result = try condition() { return result }
      guard ContinuousClock.now < deadline else {
        throw Failure(
          description: "waited in vain for \(purpose); output so far:\n\(visibleOutput)")
      }
      read(milliseconds: 10)
    }
  }

  /// Reads until nothing has come for a while, and returns the place behind everything that came.
  @discardableResult
  func waitForSilence(of silence: Duration = .milliseconds(150)) throws -> Int {
    var last = ContinuousClock.now
    return try wait("silence") {
      if self.read(milliseconds: 10) { last = .now }
      return ContinuousClock.now - last >= silence ? self.output.count : nil
    }
  }

  /// Waits until the program has ended, by default reading what it writes.
  @discardableResult
  func waitForEnd(
    after cause: String? = nil, readingOutput: Bool = true, patience: Duration = patience
  ) throws -> Ending {
    isReading = readingOutput
    defer { isReading = true }
    let purpose = "the end of the program" + (cause.map { " after \($0)" } ?? "")
    let ending = try wait(purpose, patience: patience) { self.pollEnding() }
    isReading = true
    while read(milliseconds: 0) {}
    return ending
  }

  /// Whether the program is gone.
  var hasEnded: Bool { pollEnding() != nil }

  /// Lets the program run into a terminal that takes nothing any more.
  func waitWithoutReading(for duration: Duration) throws {
    isReading = false
    defer { isReading = true }
    let end = ContinuousClock.now + duration
    try wait("the clock") { ContinuousClock.now >= end ? true : nil }
  }

  /// How often a control sequence or a text was written.
  func count(_ text: String) -> Int {
    let wanted = Array(text.utf8)
    var count = 0
    var start = 0
    while let place = place(of: wanted, since: start) {
      count += 1
      start = place + wanted.count
    }
    return count
  }

  /// The terminal's modes: what `stty -a` prints.
  var modes: TerminalModes {
    var modes = termios()
    tcgetattr(slave, &modes)
    return TerminalModes(modes)
  }

  /// The output with control characters spelled out.
  var visibleOutput: String {
    let tail = output.suffix(4_000)
    return String(decoding: tail, as: UTF8.self).unicodeScalars.map { scalar in
      let isShown = scalar.value >= 0x20 && scalar.value != 0x7f || scalar == "\n"
      return isShown ? "\(scalar)" : "\\x\(String(scalar.value, radix: 16))"
    }.joined()
  }

  private func place(of wanted: [UInt8], since start: Int) -> Int? {
    output.place(of: wanted, since: start)
  }

  /// Takes what the program has written; false where nothing came in time.
  @discardableResult
  private func read(milliseconds: Int32) -> Bool {
    guard isReading else {
      poll(nil, 0, milliseconds)
      return false
    }
    var source = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&source, 1, milliseconds) > 0, Int32(source.revents) & POLLIN != 0 else {
      return false
    }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = Glibc.read(master, &bytes, bytes.count)
    guard count > 0 else { return false }
    output += bytes.prefix(count)
    return true
  }

  private func pollEnding() -> Ending? {
    if let ending { return ending }
    var status: Int32 = 0
    guard waitpid(process, &status, WNOHANG) == process else { return nil }
    let signal = status & 0x7f
    ending = signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: signal)
    return ending
  }
}

extension PseudoTerminal {
  /// How often the program has gone to sleep so far.
  func contextSwitches() throws -> Int {
    let path = "/proc/\(process)/status"
    guard let file = fopen(path, "r") else { throw Failure(description: "cannot read \(path)") }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil {
      let words = String(cBytes: line).split(whereSeparator: \.isWhitespace)
      if words.first == "voluntary_ctxt_switches:", let count = Int(words[1]) { return count }
    }
    throw Failure(description: "\(path) does not tell")
  }
}

/// The modes of a terminal, to be compared.
struct TerminalModes: Equatable, CustomStringConvertible {
  var input: UInt32
  var output: UInt32
  var control: UInt32
  var local: UInt32
  var characters: [UInt8]

  init(_ modes: termios) {
    input = modes.c_iflag
    output = modes.c_oflag
    control = modes.c_cflag
    local = modes.c_lflag
    characters = withUnsafeBytes(of: modes.c_cc) { Array($0) }
  }

  var description: String {
    let flags = [input, output, control, local].map { String($0, radix: 8) }
    return "\(flags.joined(separator: " ")) \(characters)"
  }
}

extension [UInt8] {
  /// Where other bytes stand for the first time from an offset on.
  func place(of wanted: [UInt8], since start: Int = 0) -> Int? {
    guard start <= count else { return nil }
    let place = bytes_find(self, count, start, wanted, wanted.count)
    return place < 0 ? nil : place
  }

  /// Where other bytes stand for the last time; -1 for nowhere.
  func lastPlace(of wanted: String) -> Int {
    let wanted = Array(wanted.utf8)
    var last = -1
    var start = 0
    while let place = place(of: wanted, since: start) { (last, start) = (place, place + 1) }
    return last
  }
}

extension String {
  /// The text of a C string in an array.
  init(cBytes: [CChar]) {
    self.init(decoding: cBytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
