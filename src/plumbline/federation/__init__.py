"""Single sign-on: people come in through their organization's identity provider (OpenID Connect Core 1.0).

The protocol is here; which account somebody comes into is decided in `plumbline.identity.federated`.
"""
