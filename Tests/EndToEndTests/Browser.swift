internal import Glibc

@testable import Visualizer

/// Chromium without a window, driven through its DevTools protocol on two pipes.
///
/// Messages are JSON values, each ended by a zero byte; the browser reads them from descriptor 3 and
/// writes to descriptor 4. It loads pages from files only, and has a profile of its own.
final class Browser {
  typealias Failure = PseudoTerminal.Failure

  /// What went wrong in the pages so far: exceptions, complaints of the policy, dialogs.
  private(set) var problems: [String] = []

  private let process: pid_t
  private let input: Int32
  private let output: Int32
  private let profile: String
  private var session = ""
  private var number = 0
  private var received: [UInt8] = []
  private var isLoaded = false

  /// Loading a page and starting the browser take a while on a loaded machine.
  private static let patience = Duration.seconds(60)

  private static let names = [
    "chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome",
  ]

  /// Starts the browser with an empty page.
  init() throws {
    let folders = ["/usr/bin", "/usr/local/bin", "/snap/bin", "/opt/google/chrome"]
    let candidates = Self.names.flatMap { name in folders.map { "\($0)/\(name)" } }
    guard let path = candidates.first(where: { access($0, X_OK) == 0 }) else {
      throw Failure(description: "no Chromium among \(Self.names); ./test installs it")
    }
    var template = Array("/tmp/visualizer-browser-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure(description: "no folder: \(errno)") }
    profile = String(cBytes: template)
    (process, input, output) = try Self.start(path, profile)
    let target = try call("Target.createTarget", "{\"url\":\"about:blank\"}")["targetId"]
    let attached = try call(
      "Target.attachToTarget",
      "{\"targetId\":\(JSONObject.quote(target?.string ?? "")),\"flatten\":true}")
    session = attached["sessionId"]?.string ?? ""
    for domain in ["Page", "Runtime", "Log", "Accessibility"] { try call("\(domain).enable") }
  }

  deinit {
    // The leader of a session of its own: all its processes go with it.
    kill(-process, SIGKILL)
    var status: Int32 = 0
    waitpid(process, &status, 0)
    close(input)
    close(output)
    if let remover = try? PseudoTerminal(
      "/bin/rm", ["-rf", profile], environment: [:], output: .null)
    {
      _ = try? remover.waitForEnd()
    }
  }

  private static func start(
    _ path: String, _ profile: String
  ) throws -> (process: pid_t, input: Int32, output: Int32) {
    var toBrowser: [Int32] = [0, 0]
    var fromBrowser: [Int32] = [0, 0]
    guard pipe(&toBrowser) == 0, pipe(&fromBrowser) == 0 else {
      throw Failure(description: "no pipes: error \(errno)")
    }
    for descriptor in toBrowser + fromBrowser { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in Int32(0)...2 {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    // By way of high numbers, as the pipes themselves may be 3 or 4.
    posix_spawn_file_actions_adddup2(&actions, toBrowser[0], 200)
    posix_spawn_file_actions_adddup2(&actions, fromBrowser[1], 201)
    posix_spawn_file_actions_adddup2(&actions, 200, 3)
    posix_spawn_file_actions_adddup2(&actions, 201, 4)
    posix_spawn_file_actions_addclose(&actions, 200)
    posix_spawn_file_actions_addclose(&actions, 201)
    let arguments = [
      "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
      "--no-first-run", "--disable-extensions", "--disable-background-networking",
      "--disable-component-update", "--disable-sync", "--remote-debugging-pipe",
      "--user-data-dir=\(profile)", "--window-size=1280,1000", "about:blank",
    ]
    let environment = ["PATH": "/usr/bin:/bin", "HOME": profile, "LC_ALL": "C.UTF-8"]
    let process = try PseudoTerminal.spawn(path, arguments, environment, &actions)
    close(toBrowser[0])
    close(fromBrowser[1])
    return (process, toBrowser[1], fromBrowser[0])
  }
}

// MARK: What a reader does

extension Browser {
  /// Loads a file and waits until it stands.
  func open(_ path: String) throws {
    isLoaded = false
    try call("Page.navigate", "{\"url\":\(JSONObject.quote("file://" + path))}")
    let deadline = ContinuousClock.now + Self.patience
    while !isLoaded {
      guard let message = try receive(until: deadline) else {
        throw Failure(description: "\(path) did not load")
      }
      note(message)
    }
  }

  /// The value of an expression in the page, as text.
  func text(_ expression: String) throws -> String {
    let answer = try call(
      "Runtime.evaluate",
      "{\"expression\":\(JSONObject.quote("String(\(expression))")),\"awaitPromise\":true}")
    guard answer["exceptionDetails"] == nil, let text = answer["result"]?["value"]?.string else {
      throw Failure(description: "\(expression): \(answer)")
    }
    return text
  }

  /// Waits until an expression is true.
  func wait(until condition: String) throws {
    let deadline = ContinuousClock.now + Self.patience
    while try text(condition) != "true" {
      guard ContinuousClock.now < deadline else {
        throw Failure(description: "never: \(condition)")
      }
      _ = try text("new Promise(done => setTimeout(done, 20))")
    }
  }

  /// Presses a key as a keyboard does; a single character types itself.
  func press(_ key: String) throws {
    let named = JSONObject.quote(key)
    let typed = key.unicodeScalars.count == 1 ? ",\"text\":\(named)" : ""
    let code = key == "Tab" ? ",\"windowsVirtualKeyCode\":9" : ""
    try call("Input.dispatchKeyEvent", "{\"type\":\"keyDown\",\"key\":\(named)\(typed)\(code)}")
    try call("Input.dispatchKeyEvent", "{\"type\":\"keyUp\",\"key\":\(named)}")
  }

  /// Sets what the reader prefers, such as `prefers-color-scheme` to `dark`.
  func prefer(_ features: [(name: String, value: String)]) throws {
    let list = features.map { "{\"name\":\"\($0.name)\",\"value\":\"\($0.value)\"}" }
    try call("Emulation.setEmulatedMedia", "{\"features\":[\(list.joined(separator: ","))]}")
  }

  /// What a screen reader finds: role and name of each part of the page.
  func accessibleParts() throws -> [(role: String, name: String)] {
    let nodes = try call("Accessibility.getFullAXTree")["nodes"]?.array ?? []
    return nodes.filter { $0["ignored"]?.bool != true }.map { node in
      (
        node["role"]?["value"]?.string ?? "",
        node["name"]?["value"]?.string ?? ""
      )
    }
  }
}

// MARK: Messages

extension Browser {
  /// Calls a method of the protocol and returns its result.
  @discardableResult
  private func call(_ method: String, _ parameters: String = "{}") throws -> JSON {
    number += 1
    let within = session.isEmpty ? "" : ",\"sessionId\":\(JSONObject.quote(session))"
    send("{\"id\":\(number),\"method\":\"\(method)\",\"params\":\(parameters)\(within)}")
    let deadline = ContinuousClock.now + Self.patience
    while let message = try receive(until: deadline) {
      guard message["id"]?.integer == number else {
        note(message)
        continue
      }
      guard let result = message["result"] else {
        throw Failure(description: "\(method): \(message)")
      }
      return result
    }
    throw Failure(description: "no answer to \(method)")
  }

  private func send(_ message: String) {
    var rest = (Array(message.utf8) + [0])[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
    }
  }

  /// The next message; nil where none comes in time.
  private func receive(until deadline: ContinuousClock.Instant) throws -> JSON? {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      if let end = received.firstIndex(of: 0) {
        var reader = JSONReader(file: "DevTools", bytes: Array(received[..<end]))
        received.removeSubrange(...end)
        return try reader.readValue()
      }
      guard ContinuousClock.now < deadline else { return nil }
      var waiting = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 200) > 0 else { continue }
      let count = read(output, &chunk, chunk.count)
      guard count > 0 else { throw Failure(description: "the browser has ended") }
      received += chunk[..<count]
    }
  }

  /// Takes note of what the browser tells unasked.
  private func note(_ message: JSON) {
    switch message["method"]?.string {
    case "Page.loadEventFired": isLoaded = true
    case "Runtime.exceptionThrown":
      problems.append("exception: \(message["params"]?["exceptionDetails"]?["text"]?.string ?? "")")
    case "Log.entryAdded":
      problems.append("log: \(message["params"]?["entry"]?["text"]?.string ?? "")")
    case "Page.javascriptDialogOpening": problems.append("dialog")
    default: break
    }
  }
}
