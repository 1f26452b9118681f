"""For authors of connectors: a loopback platform to build fakes on, fakes of all shipped platforms, and the conformance suite.

Belongs here: everything that pretends to be a platform. Not here: the sample company's servers over real data
(connectors/sandbox), connectors. Nothing of the product imports it but the sandbox.

Imports run one way: parts (clock, budget, tokens, jobs, document, world), reply, platform, loopback and spoil, fakes,
conformance.
"""
