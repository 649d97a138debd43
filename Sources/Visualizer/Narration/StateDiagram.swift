import Models

/// The transitions of the state diagram.
///
/// Source: RFC 9293, section 3.3.2, figure 5.
enum StateDiagram {
  /// A way out of a state: where it leads, what makes an end take it, and, behind a colon, what the end
  /// sends then.
  typealias Transition = (state: ConnectionState, upon: String)

  static func transitions(from state: ConnectionState) -> [Transition] {
    switch state {
    case .closed: [(.listen, "listen"), (.synSent, "connect: SYN")]
    case .listen: [(.synRcvd, "SYN: SYN ACK"), (.synSent, "send: SYN")]
    case .synSent: [(.established, "SYN ACK: ACK"), (.synRcvd, "SYN: SYN ACK")]
    case .synRcvd: [(.established, "ACK"), (.finWait1, "close: FIN")]
    case .established: [(.finWait1, "close: FIN"), (.closeWait, "FIN: ACK")]
    case .finWait1: [(.finWait2, "ACK"), (.closing, "FIN: ACK"), (.timeWait, "FIN ACK: ACK")]
    case .finWait2: [(.timeWait, "FIN: ACK")]
    case .closeWait: [(.lastAck, "close: FIN")]
    case .closing: [(.timeWait, "ACK")]
    case .lastAck: [(.closed, "ACK")]
    case .timeWait: [(.closed, "2MSL")]
    }
  }

  /// What leads from one state to another; empty where nothing does.
  static func label(from: ConnectionState, to: ConnectionState) -> String {
    transitions(from: from).first { $0.state == to }?.upon ?? ""
  }
}
