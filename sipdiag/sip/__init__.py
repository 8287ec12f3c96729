"""SIP as it stands on the wire: bytes in, values out, no I/O.

Everything here is read leniently and judged separately: what can be read is read, and what breaks the grammar is kept
beside it as a `SipSyntaxError` with its column.
"""
