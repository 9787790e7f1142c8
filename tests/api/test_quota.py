from daybell.api.quota import Quota


def test_so_many_and_no_more() -> None:
    quota = Quota(2, 60, lambda: 0)
    assert [quota.take() for _ in range(3)] == [True, True, False]
    assert quota.is_spent


def test_each_comes_back_by_itself() -> None:
    now = [0.0]
    quota = Quota(2, 60, lambda: now[0])
    quota.take()
    now[0] = 30
    quota.take()
    now[0] = 59.9
    assert not quota.take()
    now[0] = 60
    assert [quota.take(), quota.take()] == [True, False]


def test_it_can_begin_anew() -> None:
    quota = Quota(1, 60, lambda: 0)
    quota.take()
    quota.renew()
    assert quota.take()
