"""The matrix and the routes tell the same; and the suite does what the matrix tells, square by square."""

from tests.authz import walking
from tests.authz.matrix import Matrix, contradictions, malformed
from tests.authz.world import World


def test_every_route_has_its_entry_every_entry_its_route_and_every_route_its_rule(
    world: World, matrix: Matrix
) -> None:
    found = malformed(matrix) + contradictions(matrix, world.app)

    assert not found, "\n".join(found)


def test_what_is_refused_is_refused_and_leaves_the_books_as_they_were(world: World, matrix: Matrix) -> None:
    found = walking.refused(world, walking.squares(matrix))

    assert not found, "\n".join(found)


def test_no_credential_that_does_not_count_opens_anything(world: World, matrix: Matrix) -> None:
    found = walking.turned_away(world, matrix)

    assert not found, "\n".join(found)


def test_what_is_allowed_is_done_and_shows_what_the_role_may_see(world: World, matrix: Matrix) -> None:
    found = walking.allowed(world, walking.squares(matrix))

    assert not found, "\n".join(found)
