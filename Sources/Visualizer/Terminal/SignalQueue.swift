internal import CNcurses
internal import Glibc

/// A signal that ends the program.
enum TerminationSignal: Equatable {
  case interrupt
  case terminate
  case hangUp

  /// Exit code by the custom of shells: 128 and the signal's number.
  var exitCode: Int32 { 128 + number }

  /// Ends the program as whoever sent the signal expects it.
  ///
  /// Ctrl-C and a request to terminate are answered by an ordinary exit code; after a hang-up the
  /// parent shall see that the signal did it. To be called when the screen is gone: `exit` runs no
  /// deinit.
  func endProgram() -> Never {
    if self == .hangUp {
      signal(number, SIG_DFL)
      raise(number)
    }
    exit(exitCode)
  }

  private var number: Int32 {
    switch self {
    case .interrupt: SIGINT
    case .terminate: SIGTERM
    case .hangUp: SIGHUP
    }
  }
}

/// The signals that concern a full-screen program, read one by one instead of handled.
///
/// While this value lives they are blocked, so no handler ever runs between two lines of other code.
/// What is inherited as ignored (as under `nohup`) stays ignored.
struct SignalQueue: ~Copyable {
  /// Readable when a signal waits.
  let descriptor: Int32
  private let previousMask: sigset_t
  /// curses puts handlers of its own on these, and leaves them there.
  private let previousActions: [(number: Int32, action: sigaction)]

  static func open() throws(ScreenError) -> SignalQueue {
    var queued = sigset_t()
    sigemptyset(&queued)
    for number in [SIGINT, SIGTERM, SIGHUP, SIGTSTP] where !signal_is_ignored(number) {
      sigaddset(&queued, number)
    }
    for number in [SIGWINCH, SIGCONT] { sigaddset(&queued, number) }
    let descriptor = open_signal_descriptor(&queued)
    guard descriptor >= 0 else { throw .system(errno) }
    var previousMask = sigset_t()
    sigprocmask(SIG_BLOCK, &queued, &previousMask)
    var actions: [(Int32, sigaction)] = []
    for number in [SIGINT, SIGTERM, SIGTSTP, SIGWINCH] {
      var action = sigaction()
      sigaction(number, nil, &action)
      actions.append((number, action))
    }
    return SignalQueue(
      descriptor: descriptor, previousMask: previousMask, previousActions: actions)
  }

  private init(
    descriptor: Int32, previousMask: sigset_t, previousActions: [(Int32, sigaction)]
  ) {
    self.descriptor = descriptor
    self.previousMask = previousMask
    self.previousActions = previousActions
  }

  deinit {
    // What came after the decision to leave is answered by leaving.
    _ = take()
    close(descriptor)
    for entry in previousActions {
      var action = entry.action
      sigaction(entry.number, &action, nil)
    }
    var mask = previousMask
    sigprocmask(SIG_SETMASK, &mask, nil)
  }

  /// What a number of signals amount to.
  struct Taken {
    var end: TerminationSignal?
    var isSuspended = false
    var isContinued = false
    var isResized = false
  }

  /// Takes all signals that wait; a burst of one kind counts once.
  func take() -> Taken {
    var taken = Taken()
    while true {
      switch next_signal(descriptor) {
      case 0: return taken
      case SIGHUP: taken.end = .hangUp
      case SIGTERM where taken.end != .hangUp: taken.end = .terminate
      case SIGINT where taken.end == nil: taken.end = .interrupt
      case SIGTSTP: taken.isSuspended = true
      case SIGCONT: taken.isContinued = true
      case SIGWINCH: taken.isResized = true
      default: break
      }
    }
  }

  /// Keeps the kernel from stopping the program when it touches the terminal in the background.
  ///
  /// Only from when the screen is open: a program started in the background has to stop before.
  func blockBackgroundStops() {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGTTOU)
    sigprocmask(SIG_BLOCK, &set, nil)
  }

  /// Stops the process the way Ctrl-Z stops others, and returns when it is continued.
  ///
  /// SIGTSTP itself and not SIGSTOP: where nobody could ever continue the process, as it has no
  /// shell above it, the kernel lets the signal pass instead of freezing it for good.
  func stopProcess() {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = SIG_DFL
    var previous = sigaction()
    sigaction(SIGTSTP, &action, &previous)
    kill(getpid(), SIGTSTP)
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGTSTP)
    sigprocmask(SIG_UNBLOCK, &set, nil)  // Stops here.
    sigprocmask(SIG_BLOCK, &set, nil)
    sigaction(SIGTSTP, &previous, nil)
  }
}
